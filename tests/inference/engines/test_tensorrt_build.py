"""TensorRT for RTX builds engines on a machine without a card, so this much is tested anywhere."""

import pytest

from imaging.errors import EngineError
from inference.engines.built_files import ENGINE
from inference.engines.tensorrt_build import BuildTarget, engine_bytes, facts_of

pytest.importorskip("tensorrt_rtx", reason="TensorRT for RTX comes with the extra gpu")

CARDS = ("SM89", "SM120")


@pytest.fixture
def target(small_network):
    return BuildTarget(small_network, "tensorrt_rtx", CARDS)


@pytest.mark.slow
def test_an_engine_is_built_once_and_then_read(target, tmp_path):
    shares = []
    built = engine_bytes(target, tmp_path, shares.append)
    assert shares == sorted(shares)
    assert shares[-1] > 0.5
    assert engine_bytes(target, tmp_path, lambda _: pytest.fail("it was built again")) == built


@pytest.mark.slow
def test_a_flipped_byte_means_that_it_is_built_again(target, tmp_path):
    engine_bytes(target, tmp_path)
    (file,) = tmp_path.glob(f"built/*/{ENGINE}")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    shares = []
    rebuilt = engine_bytes(target, tmp_path, shares.append)
    assert shares
    assert rebuilt == file.read_bytes()


def test_a_file_that_is_no_network_is_refused(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(EngineError, match="cannot be loaded"):
        engine_bytes(BuildTarget(path, "tensorrt_rtx", CARDS), tmp_path)


def test_the_facts_tell_versions_and_cards_apart(target, small_network):
    one = facts_of(target, "1.0")
    assert one != facts_of(target, "1.1")
    assert one != facts_of(BuildTarget(small_network, "tensorrt_rtx", ("SM89",)), "1.0")
    assert one != facts_of(BuildTarget(small_network, "tensorrt", CARDS), "1.0")

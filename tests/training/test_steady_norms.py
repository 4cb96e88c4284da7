"""Norms that are written out answer as PyTorch does, in every engine."""

import numpy as np
import onnx
import pytest
import torch

from inference.engines.catalog import kind_named
from inference.engines.half_precision import to_half
from training.onnx_export import export_onnx
from training.steady_norms import write_norms_out
from training.torch_engine import TorchEngine


class Normed(torch.nn.Module):
    """One norm of an image whose few bright voxels hold most of the variance."""

    def __init__(self):
        super().__init__()
        self.convolution = torch.nn.Conv3d(1, 2, 1)
        self.norm = torch.nn.InstanceNorm3d(2, affine=True)
        torch.nn.init.normal_(self.norm.weight)
        torch.nn.init.normal_(self.norm.bias)

    def forward(self, x):
        return self.norm(self.convolution(x))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(2)
    return Normed()


@pytest.fixture(scope="module")
def image():
    rng = np.random.default_rng(1)
    image = rng.random((1, 1, 96, 64, 96), np.float32) * 0.02
    image[..., :20, :20, :20] += 30
    return image


@pytest.fixture
def exported(network, tmp_path):
    path = tmp_path / "network.onnx"
    export_onnx(network, path, (1, 1, 96, 64, 96), has_free_sides=False, metadata={}, is_half=False)
    return path


def right(network, image):
    with torch.no_grad():
        return network.double()(torch.from_numpy(image).double()).float().numpy()


@pytest.mark.parametrize("kind", ["onnx-cpu", "openvino"])
def test_engines_answer_as_double_precision_does(network, image, exported, tmp_path, kind):
    assert "InstanceNormalization" not in {n.op_type for n in onnx.load(exported).graph.node}
    found = kind_named(kind)
    if found.why_not():
        pytest.skip(found.why_not())
    engine = found.open(exported, tmp_path)
    np.testing.assert_allclose(engine.run(image), right(network, image), atol=2e-4, rtol=1e-4)
    engine.close()


def test_plain_torch_answers_as_double_precision_does(network, image, exported):
    answer = TorchEngine(exported).run(image)
    np.testing.assert_allclose(answer, right(network, image), atol=2e-4, rtol=1e-4)


def test_in_half_precision_the_norm_stays_single(network, image, exported, tmp_path):
    path = tmp_path / "half.onnx"
    onnx.save(to_half(onnx.load(exported)), path)
    answer = kind_named("onnx-cpu").open(path, tmp_path).run(image)
    wanted = right(network, image)
    assert np.abs(answer - wanted).max() < 0.01 * np.abs(wanted).max()


@pytest.mark.parametrize(
    ("shape", "is_free"), [((1, 1, 96, 64, 90), False), ((1, 1, 16, 16, 16), False),
                           ((1, 1, 96, 64, 96), True)],
)  # fmt: skip
def test_small_odd_and_free_volumes_are_left_as_they_are(network, tmp_path, shape, is_free):
    path = tmp_path / "network.onnx"
    export_onnx(network, path, shape, has_free_sides=is_free, metadata={}, is_half=False)
    model = onnx.load(path)
    assert "InstanceNormalization" in {node.op_type for node in model.graph.node}
    assert write_norms_out(model) == 0

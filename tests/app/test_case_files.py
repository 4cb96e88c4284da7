import numpy as np
import pytest

from app.case_files import SAMPLE_NAME, FilesOnDisk
from imaging.phantom import Phantom, make_phantom


@pytest.fixture
def made(monkeypatch):
    """Seeds of the phantoms that were made; they are small here."""
    seeds = []

    def make(seed) -> Phantom:
        seeds.append(seed)
        return make_phantom(seed, shape=(12, 40, 40))

    monkeypatch.setattr("imaging.phantom.make_phantom", make)
    return seeds


def test_the_sample_case_is_made_once_and_is_the_same_when_read_again(tmp_path, made):
    first = FilesOnDisk(tmp_path / "cache").make_sample()
    second = FilesOnDisk(tmp_path / "cache").make_sample()

    assert made == [0]
    assert first.name == second.name == SAMPLE_NAME
    assert np.array_equal(first.array, second.array)
    assert first.geometry.is_close(second.geometry)


def test_a_damaged_kept_sample_is_made_anew(tmp_path, made):
    files = FilesOnDisk(tmp_path)
    files.make_sample()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"damaged")
    files.make_sample()

    assert made == [0, 0]


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path, made):
    blocked = tmp_path / "file"
    blocked.touch()

    assert FilesOnDisk(blocked).make_sample().name == SAMPLE_NAME
    assert made == [0]

"""The tiny model is what fine-tuning needs, only small."""

import pytest

from inference.model_package import load_package

pytest.importorskip("torch")

from training.fine_tuning.base_model import base_model
from training.tiny_model import MODEL_ID, SHAPE, write_tiny_model


def test_the_tiny_model_is_a_package_that_can_be_fine_tuned(tmp_path):
    write_tiny_model(tmp_path / "tiny")

    package = load_package(tmp_path / "tiny")

    assert package.id == MODEL_ID
    assert package.structures == ("spleen",)
    assert base_model(package).shape == SHAPE

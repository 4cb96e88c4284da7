import numpy as np
import pytest

from imaging.errors import MaskwrightError
from training.click_recipe import ClickRecipe
from training.patches import TrainingCase
from training.shipped_model import AUTOMATIC_WEIGHTS, train_shipped_model


def test_a_folder_without_the_open_data_is_refused_before_any_work(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    with pytest.raises(MaskwrightError, match=f"data has no {AUTOMATIC_WEIGHTS.as_posix()}"):
        train_shipped_model(data, tmp_path / "runs", tmp_path / "out", ClickRecipe())
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_a_device_that_torch_lacks_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(MaskwrightError, match=r"cannot train on 'antenna' here\. Use cpu"):
        train_shipped_model(tmp_path, tmp_path, tmp_path, ClickRecipe(), device="antenna")


def test_a_case_to_leave_out_must_exist(tmp_path, monkeypatch):
    weights = tmp_path / AUTOMATIC_WEIGHTS
    weights.parent.mkdir(parents=True)
    weights.touch()
    array = np.zeros((2, 2, 2))
    case = TrainingCase("totalseg_nifti", array, array.astype(np.int16), {}, np.ones(3))
    monkeypatch.setattr("training.shipped_model.real_cases", lambda _data: [case])
    with pytest.raises(
        MaskwrightError, match=r"No case is called nobody\. There are: totalseg_nifti\."
    ):
        train_shipped_model(tmp_path, tmp_path, tmp_path, ClickRecipe(), left_out="nobody")

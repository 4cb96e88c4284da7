"""What a training may take is known before it starts."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("monai")

from imaging.errors import JobError  # noqa: E402 - only with torch
from training.click_recipe import ClickRecipe  # noqa: E402 - likewise
from training.fine_tuning.memory import SHARE, chosen_device, fitted, free_bytes  # noqa: E402
from training.fine_tuning.recipe import SMALLEST_SHAPES, recipe_for  # noqa: E402 - likewise
from training.jobs.job import FineTuneSettings, Preset  # noqa: E402 - likewise

LARGE = recipe_for(FineTuneSettings("bench", Preset.GPU_16), ClickRecipe())


def smallest():
    one = LARGE
    while (smaller := one.smaller()) is not None:
        one = smaller
    return one


def test_a_recipe_that_fits_stays_as_it_is():
    assert fitted(LARGE, 100 * 2**30) is LARGE
    assert fitted(LARGE, None) is LARGE


def test_a_recipe_shrinks_until_it_fits_beside_the_window():
    free = round(LARGE.bytes_needed / SHARE) - 1
    found = fitted(LARGE, free)
    assert found.click.batch_size == LARGE.click.batch_size // 2
    assert found.bytes_needed <= SHARE * free
    assert smallest().shapes == SMALLEST_SHAPES


def test_where_nothing_fits_it_says_how_much_is_needed_and_what_to_do():
    with pytest.raises(JobError, match=r"about 0\.\d GB are needed and 0\.1 GB are free. Close"):
        fitted(LARGE, 2**27)


def test_the_free_memory_of_this_computer_is_known():
    free = free_bytes("cpu")
    assert free is None or free > 2**20


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_a_sentence():
    assert chosen_device("auto") == "cpu"
    with pytest.raises(JobError, match="cannot train on 'cuda' here"):
        chosen_device("cuda")

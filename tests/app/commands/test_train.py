"""The recipe that `maskwright train shipped-model` asks for."""

import logging

import pytest

from app import cli
from imaging.errors import MaskwrightError

OPTIONS = ["train", "shipped-model", "data", "--out", "out"]


@pytest.fixture
def recipes(monkeypatch):
    """The recipes that a training was started with."""
    asked = []

    def train(_data, _runs, _out, recipe, **_kwargs):
        asked.append(recipe)
        raise MaskwrightError("It stops here.")

    monkeypatch.setattr("training.shipped_model.train_shipped_model", train)
    return asked


def test_a_short_training_is_one_cycle_of_the_rate_that_was_given(recipes):
    assert cli.run([*OPTIONS, "--steps", "900", "--rate", "2e-3"]) == 1
    assert recipes[0].cycles == ((900, 2e-3),)
    assert logging.getLogger("training").handlers == []


def test_a_rate_without_a_number_of_steps_is_refused(recipes, capsys):
    assert cli.run([*OPTIONS, "--rate", "2e-3"]) == 1
    assert "say how long it is with --steps" in capsys.readouterr().err
    assert recipes == []

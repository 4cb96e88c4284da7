from types import SimpleNamespace

import pytest

pytest.importorskip("torch")

from training.fine_tuning import job_run
from training.fine_tuning.job_run import FineTuneRun
from training.fine_tuning.tuner import Tuner


class Mixed:
    """Weights that are no more than how far they have moved."""

    share = 1.0
    go_back = Tuner.go_back

    def best_weights(self):
        return {"share": self.share}


@pytest.mark.parametrize(
    ("told", "share"),
    [
        ([[]], 1.0),
        ([["spleen: Dice without a click fell"], ["spleen: surface Dice fell"], []], 0.5),
        ([["spleen: Dice without a click fell"]] * 4, 0.25),
    ],
    ids=["nothing is lost", "less is lost on the way back", "something is always lost"],
)
def test_weights_go_back_until_validation_patients_lose_nothing(monkeypatch, told, share):
    rehearsals = iter(told)
    monkeypatch.setattr(job_run, "rehearsal_objections", lambda _pairs, _seed: next(rehearsals))
    monkeypatch.setattr(FineTuneRun, "_measured", lambda *_: [])
    job = SimpleNamespace(settings=SimpleNamespace(seed=0))
    run = FineTuneRun(job, None, None, None, None, print)
    plan = SimpleNamespace(of=lambda _split: ())
    assert run._rehearsed(None, Mixed(), dict, plan) == {"share": share}
    assert next(rehearsals, None) is None

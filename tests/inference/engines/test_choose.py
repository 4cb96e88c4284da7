import json

import numpy as np
import onnx
import pytest

from imaging.errors import EngineError
from inference.engines import catalog, choose
from inference.engines.catalog import REFERENCE, EngineKind, kind_named
from inference.engines.choice import MAX_DEATHS, ChoiceFile
from inference.engines.choose import examine_engines, open_engine
from inference.engines.trial_input import SPACING_KEY, spacing_text


class _Fake:
    """The reference with an error added, and a delay taken off by the fake clock."""

    name, device = "Fake 1.0", "CPU, 1 thread"

    def __init__(self, path, error=0.0, on_open=None, is_right_once=False):
        if on_open is not None:
            raise on_open
        self._real = kind_named(REFERENCE).open(path, path.parent)
        self._error = error
        self._right_answers = 1 if is_right_once else 0
        self.is_closed = False

    @property
    def input_shape(self):
        return self._real.input_shape

    def run(self, inputs, is_cancelled=lambda: False):
        logits = self._real.run(inputs, is_cancelled).copy()
        if not self._right_answers:
            logits[:, 1] += self._error
        self._right_answers = max(self._right_answers - 1, 0)
        return logits

    def close(self):
        self.is_closed = True


@pytest.fixture
def kinds(monkeypatch):
    """Puts fakes before the reference, and makes each run take the time that is given."""
    opened = []

    def use(**fakes):
        seconds = {name: seconds for name, (seconds, _) in fakes.items()}
        made = []
        for name, (_, arguments) in fakes.items():

            def open_(path, _cache, name=name, arguments=arguments):
                opened.append(name)
                engine = _Fake(path, **arguments)
                engine.kind = name
                return engine

            made.append(EngineKind(name, f"Engine {name}", name, lambda: None, open_))
        reference = next(kind for kind in catalog.KINDS if kind.id == REFERENCE)
        monkeypatch.setattr(catalog, "KINDS", (*made, reference))
        monkeypatch.setattr(choose, "KINDS", (*made, reference))

        def timed(engine, inputs):
            return seconds.get(getattr(engine, "kind", ""), 1.0), engine.run(inputs)

        monkeypatch.setattr(choose, "_timed", timed)
        return opened

    return use


def test_the_fastest_engine_that_agrees_is_taken(kinds, small_network, tmp_path):
    kinds(wrong=(0.01, {"error": 3.0}), fast=(0.2, {}), slow=(2.0, {}))
    engine, choice = open_engine(small_network, tmp_path)
    assert choice.kind == "fast"
    assert engine.kind == "fast"
    reasons = "\n".join(choice.reasons)
    assert choice.reasons[0].startswith("Engine fast: CPU, 1 thread: 0.20 s, agrees to Dice 1.0000")
    assert "Engine wrong: CPU, 1 thread: 10 ms, but agrees only to Dice 0." in reasons
    assert "Engine slow: not tried: Engine fast is fast and agrees" in reasons
    assert "ONNX Runtime: CPU, " in reasons


@pytest.fixture
def window_network(small_network, tmp_path):
    """The same with voxels of 1 mm, so that no window holds spleen and pancreas."""
    model = onnx.load(str(small_network))
    onnx.helper.set_model_props(model, {SPACING_KEY: spacing_text((1.0, 1.0, 1.0))})
    onnx.save(model, str(tmp_path / "windows.onnx"))
    return tmp_path / "windows.onnx"


def test_a_network_of_small_windows_is_tried_around_two_organs(kinds, window_network, tmp_path):
    kinds(hasty=(0.1, {"error": 3.0, "is_right_once": True}), fast=(0.2, {}))
    _, choice = open_engine(window_network, tmp_path)
    assert choice.kind == "fast"
    assert "Engine hasty: CPU, 1 thread: 0.10 s, but agrees only" in "\n".join(choice.reasons)


def test_a_network_that_says_nothing_is_tried_once(kinds, small_network, tmp_path):
    kinds(hasty=(0.1, {"error": 3.0, "is_right_once": True}))
    assert open_engine(small_network, tmp_path)[1].kind == "hasty"


def test_where_none_is_faster_the_reference_runs(kinds, small_network, tmp_path):
    kinds(slow=(2.0, {}))
    assert open_engine(small_network, tmp_path)[1].kind == REFERENCE


def test_an_engine_that_cannot_load_is_a_reason_and_no_failure(kinds, small_network, tmp_path):
    kinds(
        broken=(0.1, {"on_open": EngineError("The driver is too old (12.1). Update it.")}),
        odd=(0.1, {"on_open": RuntimeError("CUDA error 999")}),
    )
    _, choice = open_engine(small_network, tmp_path)
    assert choice.kind == REFERENCE
    assert "Engine broken: The driver is too old (12.1)" in choice.reasons
    assert "Engine odd: it failed (RuntimeError)" in choice.reasons


def test_the_choice_is_made_once_and_read_after_that(kinds, small_network, tmp_path):
    opened = kinds(fast=(0.2, {}), other=(0.3, {}))
    _, first = open_engine(small_network, tmp_path)
    opened.clear()
    _, second = open_engine(small_network, tmp_path)
    assert opened == ["fast"]
    assert second == first


def test_another_version_of_a_library_makes_the_choice_anew(
    kinds, small_network, tmp_path, monkeypatch
):
    opened = kinds(fast=(0.2, {}))
    open_engine(small_network, tmp_path)
    opened.clear()
    monkeypatch.setattr("inference.engines.choice.installed_version", lambda _package: "99.0")
    open_engine(small_network, tmp_path)
    assert opened == ["fast"]
    assert len(list(tmp_path.glob("choices/*-auto.json"))) == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"kind": "gone", "trials": []}', b"\xff"])
def test_a_damaged_file_of_choices_is_made_again(kinds, small_network, tmp_path, damage):
    kinds(fast=(0.2, {}))
    open_engine(small_network, tmp_path)
    (file,) = tmp_path.glob("choices/*-auto.json")
    good = file.read_bytes()
    file.write_bytes(damage)
    assert open_engine(small_network, tmp_path)[1].kind == "fast"
    assert json.loads(file.read_bytes()) == json.loads(good)


def test_the_engine_that_is_asked_for_is_taken_though_it_is_slower(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}), slow=(2.0, {}))
    _, choice = open_engine(small_network, tmp_path, wanted="slow")
    assert choice.kind == "slow"
    assert "Engine fast: not tried: Engine slow was asked for" in choice.reasons


def test_the_reference_may_be_asked_for(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}))
    assert open_engine(small_network, tmp_path, wanted=REFERENCE)[1].kind == REFERENCE


def test_what_is_asked_for_but_disagrees_is_not_used(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}), wrong=(0.01, {"error": 3.0}))
    assert open_engine(small_network, tmp_path, wanted="wrong")[1].kind == "fast"


def test_an_unknown_engine_is_refused_with_those_there_are(small_network, tmp_path):
    with pytest.raises(EngineError, match=r"no engine 'abacus'.*onnx-cpu"):
        open_engine(small_network, tmp_path, wanted="abacus")


def test_an_engine_that_failed_just_now_gives_way_without_new_trials(
    kinds, small_network, tmp_path
):
    opened = kinds(fast=(0.2, {}))
    open_engine(small_network, tmp_path)
    opened.clear()
    _, choice = open_engine(small_network, tmp_path, excluded=["fast"])
    assert choice.kind == REFERENCE
    assert opened == []
    assert "Engine fast: it failed just now" in choice.reasons
    assert open_engine(small_network, tmp_path)[1].kind == "fast"  # nothing of it was kept


def test_an_engine_that_ends_its_process_is_tried_twice_and_never_again(
    kinds, small_network, tmp_path
):
    class Died(BaseException):
        """Stands for the end of the process: nothing catches it."""

    for _ in range(MAX_DEATHS):
        kinds(deadly=(0.1, {"on_open": Died()}))
        with pytest.raises(Died):
            open_engine(small_network, tmp_path)
    _, choice = open_engine(small_network, tmp_path)
    assert choice.kind == REFERENCE
    assert "Engine deadly: it ended its process when it was tried" in choice.reasons


def test_a_trial_that_ends_well_forgets_an_earlier_death(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}))
    file = ChoiceFile(small_network, tmp_path, "auto", is_complete=False)
    file.set_deaths("fast", 1)
    open_engine(small_network, tmp_path)
    assert file.deaths("fast") == 0


def test_the_examination_tries_every_kind(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}), slow=(2.0, {}))
    choice = examine_engines(small_network, tmp_path)
    assert choice.kind == "fast"
    assert [trial.milliseconds for trial in choice.trials] == [200.0, 2000.0, 1000.0]


def test_a_folder_that_takes_no_files_costs_time_only(kinds, small_network, tmp_path):
    kinds(fast=(0.2, {}))
    (tmp_path / "choices").write_text("a file where the folder should be")
    assert open_engine(small_network, tmp_path)[1].kind == "fast"


def test_no_engine_at_all_is_one_sentence(kinds, small_network, tmp_path):
    kinds()
    with pytest.raises(EngineError, match="No engine on this computer can run the model"):
        open_engine(small_network, tmp_path, excluded=[REFERENCE])


def test_this_computer_chooses_an_engine_that_runs_the_network(small_network, engine_cache):
    engine, choice = open_engine(small_network, engine_cache)
    assert np.isfinite(engine.run(np.ones((1, 2, 8, 8, 8), np.float32))).all()
    assert choice.test_voxels == 64**3

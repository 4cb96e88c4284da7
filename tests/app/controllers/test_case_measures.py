import numpy as np
import pytest

from app.controllers.case_measures import CaseMeasures
from app.controllers.case_session import CaseSession
from imaging.geometry import VolumeGeometry
from imaging.history import Change
from imaging.structure_measures import measure_structure
from imaging.volume import Volume

SPLEEN, LIVER = 1, 4


@pytest.fixture
def session():
    geometry = VolumeGeometry.from_parts((12, 14, 16), (0.0, 0.0, 0.0), (3.0, 1.0, 2.0))
    array = np.random.default_rng(0).integers(0, 100, geometry.shape).astype(np.int16)
    labels = np.zeros(geometry.shape, np.uint8)
    labels[2:5, 2:6, 2:8] = LIVER
    return CaseSession(Volume(array, geometry), ("spleen", "liver"), labels=labels)


@pytest.fixture
def measures(session, held_executor):
    return CaseMeasures(session, held_executor, lambda function: function())


def draw(session, value, box):
    target = np.zeros(session.labels.array.shape, np.bool_)
    target[box] = True
    edit = session.labels.edit_to(target | session.labels.mask(value), value)
    session.do(Change("brush", edit, (), ()))


def row(measures, value):
    return next(row for row in measures.rows if row.structure.label_value == value)


def expected(session, value):
    volume = session.volume
    return measure_structure(session.labels.array, value, volume.geometry, volume.array)


def test_nothing_is_measured_while_nobody_looks(session, measures, held_executor):
    draw(session, SPLEEN, np.s_[6:8, 6:8, 6:8])

    assert len(held_executor) == 0
    assert not row(measures, LIVER).is_current


def test_who_looks_gets_every_structure_that_has_voxels(session, measures, held_executor):
    measures.set_wanted(True)
    assert measures.is_busy
    held_executor.run_all()

    assert not measures.is_busy
    assert row(measures, LIVER).measures == expected(session, LIVER)
    assert row(measures, SPLEEN).measures is None
    assert row(measures, SPLEEN).is_current


def test_an_edit_changes_the_volume_at_once_and_the_rest_soon(session, measures, held_executor):
    measures.set_wanted(True)
    held_executor.run_all()
    before = row(measures, LIVER)
    draw(session, LIVER, np.s_[5:9, 2:6, 2:8])
    meanwhile = row(measures, LIVER)
    held_executor.run_all()

    assert meanwhile.volume_ml > before.volume_ml
    assert meanwhile.measures == before.measures
    assert not meanwhile.is_current
    assert row(measures, LIVER).is_current
    assert row(measures, LIVER).measures == expected(session, LIVER)


def test_only_what_changed_is_measured_again(session, measures, held_executor):
    draw(session, SPLEEN, np.s_[6:8, 6:8, 6:8])
    measures.set_wanted(True)
    held_executor.run_all()
    draw(session, SPLEEN, np.s_[6:8, 6:8, 8:10])

    assert row(measures, LIVER).is_current
    assert not row(measures, SPLEEN).is_current
    assert len(held_executor) == 1


def test_edits_that_nobody_saw_are_caught_up_with(session, measures, held_executor):
    measures.set_wanted(True)
    held_executor.run_all()
    measures.set_wanted(False)
    draw(session, LIVER, np.s_[5:9, 2:6, 2:8])
    session.undo()
    draw(session, LIVER, np.s_[5:6, 2:3, 2:4])
    measures.set_wanted(True)
    held_executor.run_all()

    assert row(measures, LIVER).measures == expected(session, LIVER)


def test_an_edit_while_it_is_measured_leads_to_a_second_look(session, measures, held_executor):
    measures.set_wanted(True)
    draw(session, LIVER, np.s_[5:9, 2:6, 2:8])
    held_executor.run_next()
    assert not row(measures, LIVER).is_current
    held_executor.run_all()

    assert row(measures, LIVER).is_current
    assert row(measures, LIVER).measures == expected(session, LIVER)


def test_a_failure_is_told_and_the_others_are_still_measured(
    session, measures, held_executor, monkeypatch
):
    draw(session, SPLEEN, np.s_[6:8, 6:8, 6:8])
    told = []
    measures.failed.connect(told.append)

    def fail(self):
        if self._label_value == SPLEEN:
            raise MemoryError
        return "measured"

    monkeypatch.setattr("imaging.live_measures.LiveMeasures.measures", fail)
    measures.set_wanted(True)
    held_executor.run_all()

    assert [sentence.split()[0] for sentence in told] == ["Measuring"]
    assert row(measures, SPLEEN).measures is None
    assert row(measures, LIVER).measures == "measured"


def test_a_case_that_was_closed_tells_nothing_more(session, measures, held_executor):
    changes = []
    measures.changed.connect(lambda: changes.append(1))
    measures.set_wanted(True)
    measures.close()
    changes.clear()
    held_executor.run_all()
    draw(session, LIVER, np.s_[5:9, 2:6, 2:8])

    assert changes == []

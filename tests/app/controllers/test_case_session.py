import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from imaging.history import Change
from imaging.labels import LabelEdit


def edit(labels, index_kji, value):
    box = tuple(slice(at, at + 1) for at in index_kji)
    return LabelEdit(box, labels.array[box].copy(), np.full((1, 1, 1), value, np.uint8))


@pytest.fixture
def session(volume):
    return CaseSession(volume, ("spleen",))


def test_volumes_follow_every_edit_undo_and_redo(session, volume):
    voxel_ml = volume.geometry.voxel_volume_mm3 / 1000
    session.do(Change("one", edit(session.labels, (1, 2, 3), 1), (), ()))
    session.do(Change("two", edit(session.labels, (1, 2, 4), 1), (), ()))
    assert session.volume_ml("spleen") == pytest.approx(2 * voxel_ml)
    session.undo()
    assert session.volume_ml("spleen") == pytest.approx(voxel_ml)
    session.redo()
    assert session.volume_ml("spleen") == pytest.approx(2 * voxel_ml)


def test_a_case_is_modified_until_it_is_back_at_what_was_saved(session):
    assert not session.is_modified
    session.do(Change("one", edit(session.labels, (1, 2, 3), 1), (), ()))
    assert session.is_modified
    session.mark_saved(session.state)
    assert not session.is_modified
    session.undo()
    assert session.is_modified
    session.redo()
    assert not session.is_modified


def test_an_edit_made_while_saving_still_counts_as_unsaved(session):
    session.do(Change("one", edit(session.labels, (1, 2, 3), 1), (), ()))
    saving = session.state
    session.do(Change("two", edit(session.labels, (1, 2, 4), 1), (), ()))
    session.mark_saved(saving)

    assert session.is_modified


def test_another_edit_after_undo_is_not_taken_for_the_saved_state(session):
    session.do(Change("one", edit(session.labels, (1, 2, 3), 1), (), ()))
    session.mark_saved(session.state)
    session.undo()
    session.do(Change("other", edit(session.labels, (5, 5, 5), 1), (), ()))

    assert session.is_modified


def test_structures_of_a_label_file_are_listed_after_the_models(volume):
    labels = np.zeros(volume.geometry.shape, np.uint8)
    labels[0, 0, 0] = 4

    session = CaseSession(volume, ("spleen", "pancreas"), labels=labels)

    assert [s.name for s in session.structures] == ["spleen", "pancreas", "liver"]


def test_structures_are_locked_from_the_start_and_unknown_values_always(session):
    session.set_locked("spleen", False)

    assert 1 not in session.locked_values
    assert {2, 200} <= session.locked_values

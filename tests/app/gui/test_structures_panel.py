"""The list of structures speaks to the open case, and makes no row twice."""

import pytest

from app.controllers.case_session import CaseSession

pytestmark = pytest.mark.gui


def rows(desk):
    return desk.window.side.structures._rows


def test_the_rows_speak_to_the_case_that_is_open_now(desk):
    desk.open_case()
    before = desk.session
    names = [structure.name for structure in before.structures]
    first, second = names[:2]
    before.activate(first)
    other = CaseSession(before.volume, names)
    other.activate(first)
    desk.window.side.structures.show_case(other)

    rows(desk)[second].activated.emit()
    rows(desk)[second].lock_requested.emit(False)

    assert (before.active.name, other.active.name) == (first, second)
    assert before.is_locked(second)
    assert not other.is_locked(second)


def test_a_structure_that_is_added_leaves_the_other_rows(desk):
    desk.open_case()
    kept = dict(rows(desk))
    desk.session.activate("aorta")
    assert list(rows(desk)) == [*kept, "aorta"]
    assert all(rows(desk)[name] is row for name, row in kept.items())
    assert rows(desk)["aorta"].property("active")
    assert not any(row.property("active") for row in kept.values())

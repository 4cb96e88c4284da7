import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from app.gui.actions import ACTIONS

pytestmark = pytest.mark.gui


@pytest.fixture
def palette(qtbot, desk):
    palette = desk.logic.help.find_action()
    with qtbot.waitExposed(palette):
        pass
    yield palette
    palette.close()


def press(qtbot, palette, text, *keys):
    field = palette.findChild(QLineEdit)
    qtbot.keyClicks(field, text)
    for key in keys:
        qtbot.keyClick(field, key)


def test_every_action_but_itself_is_listed(palette):
    assert len(palette.names) == len(ACTIONS) - 1


def test_names_that_begin_with_the_words_come_first(qtbot, palette):
    press(qtbot, palette, "eras")

    assert palette.names[0] == "Eraser"
    assert "Brush" in palette.names


def test_an_action_is_found_by_what_its_tooltip_says(qtbot, palette):
    press(qtbot, palette, "synthetic")

    assert palette.names == ["Open the sample case"]


def test_enter_runs_the_action_and_closes_the_list(qtbot, desk, palette):
    press(qtbot, palette, "sample case", Qt.Key.Key_Return)
    desk.executor.run_all()

    assert desk.session is not None
    assert not palette.isVisible()


def test_an_impossible_action_says_why_and_does_not_run(qtbot, palette):
    press(qtbot, palette, "save mask as", Qt.Key.Key_Return)

    assert palette.isVisible()
    assert "Not possible now: Open a CT first." in palette.explanation


def test_arrow_keys_choose_another_line(qtbot, palette):
    press(qtbot, palette, "", Qt.Key.Key_Down)

    second = next(spec for spec in ACTIONS if spec.text.rstrip("…") == palette.names[1])
    assert second.tip in palette.explanation


def test_words_that_no_action_has_are_answered(qtbot, palette):
    press(qtbot, palette, "xyzzy")

    assert palette.names == []
    assert "No action has these words" in palette.explanation

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox, QPushButton

from app.gui.actions import ACTIONS
from app.gui.shortcut_choice import ShortcutChoice
from app.gui.shortcuts_dialog import ShortcutsDialog
from app.settings import SettingsStore

pytestmark = pytest.mark.gui


@pytest.fixture
def choice(desk):
    return desk.logic.help.shortcuts


@pytest.fixture
def dialog(qtbot, desk, choice):
    dialog = ShortcutsDialog(desk.actions, choice)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def keys(desk, action):
    return [sequence.toString() for sequence in desk.actions[action].shortcuts()]


def test_chosen_keys_trigger_the_action_and_stand_in_its_tooltip(desk, choice):
    assert choice.choose("segment", "Ctrl+J") is None

    assert keys(desk, "segment") == ["Ctrl+J"]
    assert "Ctrl+J" in desk.actions["segment"].toolTip()


def test_the_tooltip_still_says_why_an_action_is_impossible(desk, choice):
    choice.choose("save", "Ctrl+J")

    assert "Open a CT first." in desk.actions["save"].toolTip()


def test_keys_of_another_action_are_refused_by_its_name(desk, choice):
    clash = choice.choose("segment", "Ctrl+Z")

    assert clash.owner == "undo"
    assert clash.sentence == "Ctrl+Z belongs to “Undo” already."
    assert keys(desk, "segment") == ["S"]


@pytest.mark.parametrize(
    ("typed", "what"), [("3", "picks a structure"), ("PgUp", "scrolls"), ("Alt+F", "File menu")]
)
def test_keys_that_belong_to_no_action_are_refused_too(choice, typed, what):
    clash = choice.choose("segment", typed)

    assert clash.owner is None
    assert what in clash.sentence


def test_keys_can_be_taken_over_and_the_other_action_keeps_its_second_ones(desk, choice):
    choice.take_over("segment", "Ctrl+Y")

    assert keys(desk, "segment") == ["Ctrl+Y"]
    assert keys(desk, "redo") == ["Ctrl+Shift+Z"]


def test_choices_survive_a_restart_and_impossible_ones_are_left_out(desk, choice, tmp_path):
    choice.choose("segment", "Ctrl+J")
    choice.choose("about", "")
    store = SettingsStore(tmp_path / "settings.json")
    odd = {**store.settings.shortcuts, "gone": ("Ctrl+9",), "about": ("Ctrl+Z", "nonsense")}
    store.change(store.settings.model_copy(update={"shortcuts": odd}))
    for spec in ACTIONS:
        desk.actions.set_shortcuts(spec.key, spec.shortcuts)

    ShortcutChoice(desk.actions, store, {})

    assert keys(desk, "segment") == ["Ctrl+J"]
    assert keys(desk, "undo") == ["Ctrl+Z"]
    assert keys(desk, "about") == []


def test_two_actions_may_swap_their_keys_and_find_them_so_after_a_restart(desk, choice, tmp_path):
    choice.choose("brush", "")
    choice.choose("eraser", "P")
    choice.choose("brush", "E")
    for spec in ACTIONS:
        desk.actions.set_shortcuts(spec.key, spec.shortcuts)

    ShortcutChoice(desk.actions, SettingsStore(tmp_path / "settings.json"), {})

    assert (keys(desk, "brush"), keys(desk, "eraser")) == (["E"], ["P"])


def test_own_keys_come_back_only_where_nobody_else_has_them_now(desk, choice):
    choice.take_over("segment", "Ctrl+Z")
    clash = choice.reset("undo")
    assert clash.owner == "segment"

    choice.reset_all()

    assert keys(desk, "undo") == ["Ctrl+Z"]
    assert keys(desk, "segment") == ["S"]
    assert desk.workbench.settings.settings.shortcuts == {}


def test_the_dialog_takes_free_keys_at_once(desk, dialog):
    dialog.select("segment")
    dialog.editor.field.setKeySequence(QKeySequence("Ctrl+J"))

    assert keys(desk, "segment") == ["Ctrl+J"]
    assert any(line.startswith("Ctrl+J Segment") for line in dialog.shown_lines)


def test_the_dialog_offers_to_take_over_what_another_action_has(desk, dialog):
    dialog.select("segment")
    dialog.editor.field.setKeySequence(QKeySequence("Ctrl+Z"))
    assert "“Undo”" in dialog.editor.sentence
    assert keys(desk, "undo") == ["Ctrl+Z"]

    dialog.editor.take.click()

    assert keys(desk, "segment") == ["Ctrl+Z"]
    assert dialog.editor.sentence == ""
    assert keys(desk, "undo") == []


def test_all_keys_come_back_only_after_a_question(desk, dialog, choice, monkeypatch):
    choice.choose("segment", "Ctrl+J")
    reset = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Reset all keys")
    reset.setEnabled(True)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.No)
    reset.click()
    assert keys(desk, "segment") == ["Ctrl+J"]

    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    reset.click()

    assert keys(desk, "segment") == ["S"]

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu

from app.gui.action_spec import shortcut_text
from app.gui.actions import ACTIONS

pytestmark = pytest.mark.gui


def test_every_action_has_an_icon_and_a_tooltip_with_its_shortcut(desk):
    for spec in ACTIONS:
        action = desk.actions[spec.key]
        assert not action.icon().isNull(), spec.key
        assert spec.tip in action.toolTip()
        assert shortcut_text(spec) in action.toolTip()


def test_every_action_is_in_a_menu(desk):
    listed = set()
    for menu in desk.window.menuBar().findChildren(QMenu):
        listed.update(action.objectName() for action in menu.actions())

    assert {spec.key for spec in ACTIONS} <= listed


def test_no_two_actions_share_a_shortcut():
    keys = [QKeySequence(text).toString() for spec in ACTIONS for text in spec.shortcuts]
    assert len(keys) == len(set(keys))

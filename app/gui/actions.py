"""Every action of the window: its text, icon, shortcut and tooltip, in one table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QWidget

from app.gui.action_spec import ActionSpec, shortcut_text
from app.gui.help_actions import HELP_ACTIONS
from app.gui.language_actions import LANGUAGE_ACTIONS
from app.gui.measures_actions import MEASURES_ACTIONS
from app.gui.project_actions import PROJECT_ACTIONS
from app.gui.theme import icon
from app.gui.tool_actions import TOOL_ACTIONS
from app.gui.view_actions import VIEW_ACTIONS
from viewer.widgets.translation import tr, tr_sentence

ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("open_ct", "Open CT…", "file-outline", "Open a CT file", ("Ctrl+O",)),
    ActionSpec(
        "open_folder",
        "Open DICOM folder…",
        "folder-open-outline",
        "Open a folder of DICOM files",
        ("Ctrl+Shift+O",),
    ),
    ActionSpec(
        "open_sample", "Open the sample case", "human-handsup", "Open a synthetic abdomen CT"
    ),
    ActionSpec(
        "open_labels",
        "Open label file…",
        "layers-plus",
        "Open a mask that lies on this CT",
        ("Ctrl+L",),
    ),
    ActionSpec("save", "Save mask", "content-save-outline", "Save the mask", ("Ctrl+S",)),
    ActionSpec(
        "save_as",
        "Save mask as…",
        "content-save-edit-outline",
        "Save the mask to another file",
        ("Ctrl+Shift+S",),
    ),
    ActionSpec(
        "save_clicks",
        "Save clicks…",
        "cursor-default-click-outline",
        "Save the active structure's clicks, for `maskwright segment --clicks`",
    ),
    ActionSpec("quit", "Quit", "exit-to-app", "Close the window", ("Ctrl+Q",)),
    ActionSpec("undo", "Undo", "undo", "Take the last step back", ("Ctrl+Z",)),
    ActionSpec("redo", "Redo", "redo", "Repeat the step taken back", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec(
        "delete_last_click",
        "Delete last click",
        "backspace-outline",
        "Delete the newest click on this structure; the mask stays",
        ("Backspace",),
    ),
    ActionSpec(
        "clear_clicks",
        "Clear clicks",
        "close-circle-multiple-outline",
        "Delete all clicks on this structure; the mask stays",
    ),
    ActionSpec(
        "clear_structure",
        "Empty structure",
        "eraser-variant",
        "Delete this structure's mask and clicks",
    ),
    ActionSpec(
        "navigate",
        "Navigate",
        "crosshairs-gps",
        "Move the crosshair with the left button",
        ("Esc", "N"),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "foreground",
        "Add",
        "plus-circle-outline",
        "Foreground click: what lies here belongs to the structure",
        ("F",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "background",
        "Remove",
        "minus-circle-outline",
        "Background click: what lies here does not belong to the structure",
        ("B",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "segment", "Segment", "auto-fix", "Segment the active structure without clicks", ("S",)
    ),
    ActionSpec(
        "toggle_labels",
        "Show labels",
        "layers-outline",
        "Show or hide all labels",
        ("Space",),
        is_checkable=True,
    ),
    ActionSpec(
        "toggle_crosshair",
        "Show crosshair",
        "crosshairs",
        "Show or hide the crosshair in the planes",
        ("X",),
        is_checkable=True,
    ),
    ActionSpec(
        "solo",
        "Only this structure",
        "eye-circle-outline",
        "Hide all structures but the active one, or show all again",
        ("O",),
    ),
    ActionSpec(
        "next_structure", "Next structure", "arrow-down", "Make the next structure active", ("]",)
    ),
    ActionSpec(
        "previous_structure",
        "Previous structure",
        "arrow-up",
        "Make the previous structure active",
        ("[",),
    ),
    ActionSpec(
        "go_to_structure",
        "Go to structure",
        "target",
        "Move the crosshair into the active structure",
        ("G",),
    ),
    ActionSpec(
        "reset_views",
        "Fit views",
        "fit-to-page-outline",
        "Show the whole patient in every view",
        ("R",),
    ),
    *VIEW_ACTIONS,
    ActionSpec(
        "reset_layout",
        "Reset layout",
        "view-dashboard-outline",
        "Put docks and views back to where they were at the first start",
    ),
    ActionSpec(
        "full_screen",
        "Full screen",
        "fullscreen",
        "Use the whole screen",
        ("F11",),
        is_checkable=True,
    ),
    ActionSpec(
        "models", "Models…", "brain", "Installed models: look at them, import, remove, choose"
    ),
    *TOOL_ACTIONS,
    *MEASURES_ACTIONS,
    *PROJECT_ACTIONS,
    *HELP_ACTIONS,
    *LANGUAGE_ACTIONS,
)


class Actions:
    """The table as Qt actions, by key; the user may have chosen other shortcuts."""

    def __init__(self, parent: QWidget) -> None:
        self._specs = {spec.key: _translated(spec) for spec in ACTIONS}
        self._why_not: dict[str, str] = {}
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.key: self._make(spec, parent) for spec in self.specs}

    def __getitem__(self, key: str) -> QAction:
        return self._actions[key]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    @property
    def specs(self) -> tuple[ActionSpec, ...]:
        """The table with the shortcuts that hold now."""
        return tuple(self._specs.values())

    def set_shortcuts(self, key: str, shortcuts: tuple[str, ...]) -> None:
        """Let other keys trigger an action, or none."""
        self._specs[key] = replace(self._specs[key], shortcuts=shortcuts)
        action = self._actions[key]
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts])
        action.setToolTip(_tooltip(self._specs[key], self.why_not(key)))

    def why_not(self, key: str) -> str:
        """Why an action is impossible now; empty where it is possible."""
        return self._why_not.get(key, "")

    def set_possible(self, key: str, possible: bool, why_not: str = "") -> None:
        """Enable an action, or disable it with a tooltip that says why."""
        action = self._actions[key]
        why_not = "" if possible else tr_sentence(why_not)
        if action.isEnabled() == possible and self.why_not(key) == why_not:
            return  # a hundred actions are asked about at each step, and writing texts takes 5 ms
        action.setEnabled(possible)
        self._why_not[key] = why_not
        action.setToolTip(_tooltip(self._specs[key], self._why_not[key]))

    def name_step(self, key: str, step: str | None) -> None:
        """Let undo or redo say in text and tooltip which step it is about; None for none."""
        action, spec = self._actions[key], self._specs[key]
        text = (
            tr("{action} {step}", action=spec.text, step=tr_sentence(step)) if step else spec.text
        )
        action.setText(text)
        if step:
            action.setToolTip(_tooltip(replace(spec, tip=text)))

    def _make(self, spec: ActionSpec, parent: QWidget) -> QAction:
        action = QAction(icon(spec.icon), spec.text, parent)
        action.setObjectName(spec.key)
        action.setShortcuts([QKeySequence(keys) for keys in spec.shortcuts])
        action.setToolTip(_tooltip(spec))
        action.setStatusTip("")
        action.setCheckable(spec.is_checkable)
        action.setAutoRepeat(spec.repeats)
        if spec.group is not None:
            if spec.group not in self._groups:
                self._groups[spec.group] = QActionGroup(parent)
            self._groups[spec.group].addAction(action)
        parent.addAction(action)
        return action


def _translated(spec: ActionSpec) -> ActionSpec:
    return replace(spec, text=tr(spec.text), tip=tr(spec.tip))


def _tooltip(spec: ActionSpec, why_not: str = "") -> str:
    keys = shortcut_text(spec)
    tip = f"{spec.tip} ({keys})" if keys else spec.tip
    return f"{tip}\n{why_not}" if why_not else tip

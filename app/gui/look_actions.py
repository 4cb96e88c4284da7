"""The actions of what else the views can show: comparing two states of the mask."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

COMPARE_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "compare_wipe",
        "Wipe before and after",
        "compare",
        "The mask before the last change beside the mask now, at a line to drag; or two versions",
        ("W",),
        is_checkable=True,
        repeats=False,
    ),
    ActionSpec(
        "compare_difference",
        "Added and removed",
        "plus-minus-variant",
        "What the last change added and removed; or what differs between two versions",
        ("Shift+W",),
        is_checkable=True,
        repeats=False,
    ),
)

"""The actions of the tools that correct by hand."""

from __future__ import annotations

from app.controllers.refinements import REFINEMENTS, Refinement
from app.gui.action_spec import ActionSpec

REFINE_PREFIX = "refine_"

_SHORTCUTS = {
    "copy_forward": ("Shift+PgUp",),
    "copy_backward": ("Shift+PgDown",),
    "between": ("Shift+B",),
    "holes_in_slices": ("Shift+H",),
}


def _refinement_action(refinement: Refinement) -> ActionSpec:
    return ActionSpec(
        REFINE_PREFIX + refinement.key,
        refinement.text + ("…" if refinement.asks_something else ""),
        refinement.icon,
        refinement.tip,
        _SHORTCUTS.get(refinement.key, ()),
        repeats=False,
    )


DRAWING_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "brush",
        "Brush",
        "brush",
        "Paint the structure; Ctrl erases, Shift+wheel changes the size",
        ("P",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "eraser",
        "Eraser",
        "eraser",
        "Erase the structure; Ctrl paints, Shift+wheel changes the size",
        ("E",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "lasso",
        "Lasso",
        "lasso",
        "Draw around what belongs to the structure; Ctrl cuts",
        ("L",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "cut",
        "Cut",
        "content-cut",
        "Draw around what does not belong to the structure; Ctrl adds",
        ("C",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "fill",
        "Fill",
        "format-color-fill",
        "Fill what the structure's outline encloses around a click",
        ("K",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "refine",
        "Refine",
        "tune-variant",
        "Smooth, grow, fill and more: what works on the whole mask",
        ("M",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec("larger_brush", "Larger brush", "plus", "Make the brush larger", (".",)),
    ActionSpec("smaller_brush", "Smaller brush", "minus", "Make the brush smaller", (",",)),
)

TOOL_ACTIONS: tuple[ActionSpec, ...] = (
    *DRAWING_ACTIONS,
    *(_refinement_action(refinement) for refinement in REFINEMENTS),
)

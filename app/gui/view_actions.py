"""The actions of the views: layouts, measuring on a slice, slabs, pictures."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

LAYOUT_ACTIONS: tuple[ActionSpec, ...] = tuple(
    ActionSpec(f"layout_{name}", text, icon, tip, (keys,), is_checkable=True, group="layout")
    for name, text, icon, tip, keys in (
        ("four", "Four views", "view-grid-outline", "Three planes and 3D", "Ctrl+1"),
        ("axial", "Axial only", "alpha-a-box-outline", "The axial plane alone", "Ctrl+2"),
        ("coronal", "Coronal only", "alpha-c-box-outline", "The coronal plane alone", "Ctrl+3"),
        ("sagittal", "Sagittal only", "alpha-s-box-outline", "The sagittal plane alone", "Ctrl+4"),
        ("volume", "3D only", "cube-outline", "The 3D view alone", "Ctrl+5"),
        (
            "large",
            "One large view",
            "view-quilt-outline",
            "One large view and three small ones; the arrow in a small one's header swaps them",
            "Ctrl+6",
        ),
    )
)

CALIPER_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "ruler",
        "Ruler",
        "ruler",
        "Measure a distance in mm on a slice",
        ("D",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "angle",
        "Angle",
        "angle-acute",
        "Measure an angle on a slice: one end, the corner, the other end",
        ("A",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "region",
        "Region",
        "circle-outline",
        "Measure HU (mean, SD, range) and area of a circle on a slice",
        ("H",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "delete_caliper",
        "Delete measurement",
        "delete-outline",
        "Delete the chosen ruler, angle or circle, else the newest",
        ("Del",),
        repeats=False,
    ),
    ActionSpec(
        "clear_calipers",
        "Delete all measurements",
        "delete-sweep-outline",
        "Delete all rulers, angles and circles of this CT",
    ),
)

VIEW_ACTIONS: tuple[ActionSpec, ...] = (*LAYOUT_ACTIONS, *CALIPER_ACTIONS)

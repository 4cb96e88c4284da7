"""The actions of the views: layouts, measuring on a slice, slabs, pictures."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec
from app.gui.look_actions import COMPARE_ACTIONS, FILM_ACTIONS, RENDERING_ACTIONS, TURNING_ACTIONS

LAYOUT_ACTIONS: tuple[ActionSpec, ...] = tuple(
    ActionSpec(f"layout_{name}", text, icon, tip, (keys,), is_checkable=True, group="layout")
    for name, text, icon, tip, keys in (
        ("four", "Four views", "view-grid-outline", "Three planes and 3D", "Ctrl+1"),
        ("axial", "Axial only", "alpha-a-box-outline", "The axial plane alone", "Ctrl+2"),
        ("coronal", "Coronal only", "alpha-c-box-outline", "The coronal plane alone", "Ctrl+3"),
        ("sagittal", "Sagittal only", "alpha-s-box-outline", "The sagittal plane alone", "Ctrl+4"),
        ("volume", "3D only", "cube-outline", "The 3D view alone", "Ctrl+5"),
        (
            "film",
            "Film of axial slices",
            "grid",
            "Axial slices side by side, every so many mm; a click goes there",
            "Ctrl+7",
        ),
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
        "Delete the chosen ruler, angle, circle or click, else the newest measurement",
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

SLAB_ACTIONS: tuple[ActionSpec, ...] = (
    *(
        ActionSpec(f"slab_{name}", text, icon, tip, is_checkable=True, group="slab")
        for name, text, icon, tip in (
            ("slice", "Single slice", "square-outline", "One slice of the CT at a time"),
            (
                "maximum",
                "Maximum (MIP)",
                "circle",
                "The brightest voxel of several slices: vessels with contrast, nodules",
            ),
            ("mean", "Mean", "blur", "The average of several slices: less noise"),
            ("minimum", "Minimum", "circle-off-outline", "The darkest voxel: airways, ducts"),
        )
    ),
    ActionSpec(
        "next_slab",
        "Next kind of slab",
        "layers-triple-outline",
        "Single slice, maximum, mean, minimum in turn",
        ("T",),
        repeats=False,
    ),
    ActionSpec("thicker_slab", "Thicker slab", "arrow-expand-vertical", "More mm", ("Ctrl+.",)),
    ActionSpec("thinner_slab", "Thinner slab", "arrow-collapse-vertical", "Fewer mm", ("Ctrl+,",)),
)

PICTURE_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "toggle_case_name",
        "Show case name",
        "card-text-outline",
        "Show or hide the name of the case in the views, and so in their pictures",
        is_checkable=True,
    ),
    ActionSpec(
        "toggle_frames",
        "Slice frames in 3D",
        "vector-square",
        "Show or hide the frames of the three slices in 3D",
        is_checkable=True,
    ),
    ActionSpec(
        "see_through",
        "See through surfaces",
        "circle-opacity",
        "Let what lies behind a surface show in 3D",
        ("U",),
        is_checkable=True,
    ),
    ActionSpec(
        "cine",
        "Play slices",
        "play-circle-outline",
        "Play the slices of the view under the pointer; again, or Esc, stops",
        ("V",),
        is_checkable=True,
        repeats=False,
    ),
    ActionSpec(
        "save_picture",
        "Save picture of view…",
        "camera-outline",
        "Save the view that was pointed at last as PNG",
        ("F12",),
        repeats=False,
    ),
    ActionSpec(
        "save_all_pictures",
        "Save picture of all views…",
        "camera-burst",
        "Save all views that are seen as one PNG",
        ("Shift+F12",),
        repeats=False,
    ),
    ActionSpec(
        "copy_picture",
        "Copy picture of view",
        "clipboard-outline",
        "Put a picture of the view that was pointed at last into the clipboard",
        ("Ctrl+Shift+C",),
        repeats=False,
    ),
)

VIEW_ACTIONS: tuple[ActionSpec, ...] = (
    *LAYOUT_ACTIONS,
    *CALIPER_ACTIONS,
    *SLAB_ACTIONS,
    *PICTURE_ACTIONS,
    *COMPARE_ACTIONS,
    *RENDERING_ACTIONS,
    *TURNING_ACTIONS,
    *FILM_ACTIONS,
)

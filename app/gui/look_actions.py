"""The actions of what else the views show: states of the mask, the CT in 3D, oblique planes."""

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

RENDERING_ACTIONS: tuple[ActionSpec, ...] = (
    *(
        ActionSpec(f"ct_look_{name}", text, icon, tip, is_checkable=True, group="ct_look")
        for name, text, icon, tip in (
            ("none", "Surfaces only", "cube-outline", "3D shows the structures and not the CT"),
            ("bone", "Bone", "bone", "The bones of the CT in 3D, shaded"),
            (
                "soft",
                "Soft tissue with contrast",
                "stomach",
                "Organs and vessels with contrast in 3D, the rest like glass",
            ),
            ("vessels", "Vessels", "heart-pulse", "Vessels with contrast, and bones, in 3D"),
            ("lung", "Lung and airways", "lungs", "The lungs in 3D, like glass"),
            (
                "maximum",
                "Maximum in 3D (MIP)",
                "brightness-7",
                "The brightest voxel along each line of sight",
            ),
        )
    ),
    ActionSpec(
        "next_ct_look",
        "Next look of the CT in 3D",
        "cube-scan",
        "Surfaces only, bone, soft tissue, vessels, lung, maximum in turn",
        ("Y",),
        repeats=False,
    ),
    *(
        ActionSpec(
            f"cut_{plane}",
            f"Cut 3D open at {plane} slice",
            "content-cut",
            f"Cut the CT in 3D away {side} of the {plane} slice; surfaces stay whole",
            (keys,),
            is_checkable=True,
            repeats=False,
        )
        for plane, side, keys in (
            ("axial", "above", "Alt+1"),
            ("coronal", "in front", "Alt+2"),
            ("sagittal", "to the left", "Alt+3"),
        )
    ),
    ActionSpec(
        "cut_other_side",
        "Cut the other side away",
        "swap-horizontal",
        "Below, behind or to the right of the slice instead",
        ("Alt+4",),
        is_checkable=True,
        repeats=False,
    ),
)

TURNING_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "turn_planes",
        "Turn planes",
        "rotate-3d-variant",
        "Drag around the crosshair to turn the two other planes: oblique slices",
        ("J",),
        is_checkable=True,
        group="tool",
    ),
    ActionSpec(
        "straighten_planes",
        "Straighten planes",
        "axis-arrow",
        "Show the CT's own slices again",
        ("Shift+J",),
    ),
)

FILM_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "film_sparser",
        "Film: slices farther apart",
        "arrow-expand-horizontal",
        "More mm between the slices of the film",
        ("Alt+.",),
    ),
    ActionSpec(
        "film_denser",
        "Film: slices closer together",
        "arrow-collapse-horizontal",
        "Fewer mm between the slices of the film",
        ("Alt+,",),
    ),
    ActionSpec(
        "same_zoom",
        "Same zoom in all planes",
        "link-variant",
        "Zooming one plane zooms the others alike, each about the crosshair",
        ("Shift+Z",),
        is_checkable=True,
        repeats=False,
    ),
    ActionSpec(
        "save_turntable",
        "Save turning film…",
        "rotate-orbit",
        "Save one turn of the 3D view as an animated picture",
        ("Ctrl+F12",),
        repeats=False,
    ),
)

"""The actions of the table of measures."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

MEASURES_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "show_measures",
        "Show measures",
        "table-large",
        "Show or hide volume, density, surface and diameters of every structure",
        ("F7",),
        is_checkable=True,
    ),
    ActionSpec(
        "copy_measures",
        "Copy measures",
        "content-copy",
        "Copy the measures of all structures as CSV, or as a table where that can be pasted",
        ("Shift+F7",),
    ),
    ActionSpec(
        "export_measures",
        "Save measures…",
        "table-arrow-down",
        "Save the measures of all structures as CSV or JSON",
    ),
)

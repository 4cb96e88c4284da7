"""The actions of the Help menu: text, icon, shortcut and tooltip."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

HELP_ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec(
        "find_action",
        "Find an action…",
        "magnify",
        "Type what you want to do, and press Enter to do it",
        ("Ctrl+Shift+P",),
    ),
    ActionSpec("guide", "User guide", "book-open-outline", "How to do what, with pictures"),
    ActionSpec(
        "tour",
        "Take the tour",
        "map-marker-path",
        "Five steps on the sample case: open, segment, click, brush, save",
    ),
    ActionSpec(
        "shortcuts",
        "Mouse and keys…",
        "keyboard-outline",
        "List what mouse and keys do, and choose other keys",
        ("F1",),
    ),
    ActionSpec(
        "computer",
        "This computer…",
        "stethoscope",
        "What this computer can do, what is missing, and logs for a support mail",
    ),
    ActionSpec(
        "open_logs", "Open log folder", "text-box-search-outline", "Show the program's log files"
    ),
    ActionSpec(
        "about", "About Maskwright…", "information-outline", "Versions, devices and licence"
    ),
)

"""The actions that choose the window's language; each language says its own name."""

from __future__ import annotations

from app.gui.action_spec import ActionSpec

LANGUAGE_PREFIX = "language_"

LANGUAGE_ACTIONS: tuple[ActionSpec, ...] = tuple(
    ActionSpec(LANGUAGE_PREFIX + key, text, icon, tip, is_checkable=True, group="language")
    for key, text, icon, tip in (
        (
            "system",
            "Language of the computer",
            "monitor",
            "Speak the computer's language, or English, from the next start on",
        ),
        ("en", "English", "translate", "Speak English from the next start on"),
        ("de", "Deutsch", "translate", "Speak German from the next start on"),
    )
)

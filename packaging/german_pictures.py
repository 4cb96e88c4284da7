"""Pictures of the German window for the documents: a tool with its options, and the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from take_pictures import Photographer

WINDOW_SIZE_PX = (1280, 800)


def take_german(camera: Photographer) -> None:
    """The brush on the sample case, with its measures, and the list of mouse and keys."""
    camera.window.resize(*WINDOW_SIZE_PX)
    camera.press("open_sample", "segment", "show_measures", "brush")
    camera.keep("window-german")
    camera.keep_dialog("window-german-keys", "shortcuts")

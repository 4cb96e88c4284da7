"""Pictures of what helps: the tour, finding an action, choosing keys, this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from take_pictures import Photographer

WINDOW_SIZE_PX = (1180, 760)
WORDS = "save"


def take_help(camera: Photographer) -> None:
    """The tour at its third step, then the dialogs of the Help menu; a case is open."""
    usual_size = camera.window.size()
    camera.window.resize(*WINDOW_SIZE_PX)
    camera.press("navigate")
    tour = camera.logic.help.tour
    tour.start()
    tour.skip_to("click")
    camera.keep("window-tour")
    tour.leave()
    take_palette(camera)
    take_computer(camera)
    camera.keep_dialog("window-keys", "shortcuts")
    camera.window.resize(usual_size)


def take_palette(camera: Photographer) -> None:
    """The list of actions while somebody types."""
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QLineEdit

    palette = camera.logic.help.find_action()
    camera.wait()
    field = palette.findChild(QLineEdit)
    QTest.keyClicks(field, WORDS)
    camera.keep_widget("window-find", palette)
    palette.close()


def take_computer(camera: Photographer) -> None:
    """What the computer that takes the pictures can do."""
    camera.press("computer")
    while camera.bench.computer.is_busy:
        camera.wait()
    dialog = camera.logic.help.computer.dialog
    if dialog is not None:
        camera.keep_widget("window-computer", dialog)
        dialog.close()

"""Starts Qt, makes the window, and runs until it is closed."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

import resources
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.gui.language import speak
from app.gui.main_window import MainWindow
from app.gui.theme import apply_theme
from app.gui.window_logic import WindowLogic
from app.gui.workbench import Workbench
from app.logs import log_uncaught
from viewer.widgets.translation import tr

THREAD_TURN_S = 0.001
"""For so long may another thread run Python code while the window's thread wants to. Python's own
5 ms add up: drawing lets other threads run dozens of times, and each may take that long."""

MakeWorkbench = Callable[[Background, GuiThread], Workbench]


def run_application(
    make_workbench: MakeWorkbench, when_made: Callable[[MainWindow, WindowLogic], None]
) -> int:
    """Show the window; ``when_made`` is called with it before the event loop starts.

    Returns the exit code. An exception in a slot is logged and shown, and the window lives on.
    """
    sys.setswitchinterval(THREAD_TURN_S)
    application = make_application()
    background, gui_thread = Background(), GuiThread()
    try:
        workbench = make_workbench(background, gui_thread)
        speak(workbench.settings.settings.language, application)
        window = MainWindow(workbench)
        logic = WindowLogic(window, workbench)
        sys.excepthook = _show_and_log(window)
        window.show()
        when_made(window, logic)
        gc.freeze()  # modules and the window stay: looking for garbage among them takes 70 ms
        return application.exec()
    finally:
        gc.unfreeze()
        sys.excepthook = sys.__excepthook__
        background.close()


def make_application() -> QApplication:
    """The one QApplication, dark."""
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("maskwright")
    application.setDesktopFileName("maskwright")
    application.setWindowIcon(QIcon(str(resources.path("icons/maskwright.svg"))))
    application.setAttribute(Qt.ApplicationAttribute.AA_DontShowIconsInMenus, False)
    apply_theme(application)
    return application


def _show_and_log(window: MainWindow) -> Callable[..., None]:
    def hook(
        kind: type[BaseException], error: BaseException, traceback: TracebackType | None
    ) -> None:
        log_uncaught(kind, error, traceback)
        window.banner.show_error(
            tr(
                "Something went wrong that should not ({name}). Save your work; "
                "the details are in the log (Help menu).",
                name=kind.__name__,
            )
        )

    return hook

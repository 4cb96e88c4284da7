"""Offers to restore unsaved work, and keeps the journal of the open case flushed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from app.controllers.recovery_controller import NewerVersion
from app.gui import file_dialogs
from app.gui.case_line import when_text
from app.gui.file_logic import FileLogic
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from viewer.widgets.translation import tr, tr_count, tr_sentence

if TYPE_CHECKING:
    from training.cases.journal_recovery import JournalInfo

SYNC_MS = 2000
"""What the system has not written after this long is flushed to the disk."""


class RecoveryLogic(QObject):
    """Restore and Discard stand in the strip over the views; one journal after the other."""

    def __init__(self, window: MainWindow, workbench: Workbench, files: FileLogic) -> None:
        super().__init__(window)
        self._window = window
        self._recovery = workbench.project.recovery
        self._files = files
        self._has_offered = False
        self._recovery.found.connect(self._offer)
        self._recovery.restored.connect(window.banner.show_done)
        self._recovery.choice_wanted.connect(self._ask_what_to_restore_on)
        self._recovery.failed.connect(window.banner.show_error)
        workbench.project.autosave.failed.connect(window.banner.show_error)
        workbench.project.autosave.kept.connect(self._say_what_is_kept)
        self._timer = QTimer(self)
        self._timer.setInterval(SYNC_MS)
        self._timer.timeout.connect(workbench.project.autosave.sync)
        self._timer.start()

    def _offer(self) -> None:
        if not self._recovery.journals:
            if self._has_offered:  # another notice is none of our business
                self._window.notice_bar.clear()
            self._has_offered = False
            return
        self._has_offered = True
        info = self._recovery.journals[0]
        self._window.notice_bar.show_notice(
            "backup-restore",
            journal_text(info),
            (tr("Restore"), lambda: self._restore(info)),
            (tr("Discard"), lambda: self._discard(info)),
        )

    def _say_what_is_kept(self, name: str) -> None:
        self._window.banner.show_notice(
            tr(
                "Your unsaved changes to {name} are kept. Open {name} again to go on with them.",
                name=name,
            )
        )

    def _discard(self, info: JournalInfo) -> None:
        """Work that was never saved goes only by two clicks."""
        if file_dialogs.ask_about_discarding(self._window, journal_name(info)):
            self._recovery.discard(info)
        else:
            self._offer()

    def _restore(self, info: JournalInfo) -> None:
        self._files.leave_case(lambda: self._recovery.restore(info))

    def _ask_what_to_restore_on(self, info: JournalInfo, newer: NewerVersion) -> None:
        on = file_dialogs.ask_about_newer_version(self._window, newer)
        if on is None:
            self._offer()
        else:
            self._recovery.restore(info, on)


def journal_name(info: JournalInfo) -> str:
    """What a journal is about: a case by its name, a single CT by that and the folder it is in."""
    header = info.header
    if header.source_path is None:
        return header.name
    return str(Path(Path(header.source_path).parent.name) / header.name)


def journal_text(info: JournalInfo) -> str:
    """What was left behind, in a sentence."""
    when = when_text(datetime.fromtimestamp(info.changed_at, UTC))
    steps = tr_count("{count} step", "{count} steps", info.change_count)
    return tr(
        "{name} has changes that were not saved ({when}): {steps} can be restored, "
        "the last one: {last_change}.",
        name=journal_name(info),
        when=when,
        steps=steps,
        last_change=tr_sentence(info.last_change),
    )

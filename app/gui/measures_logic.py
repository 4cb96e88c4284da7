"""Connects the table of measures with the open case: show, copy, save."""

from __future__ import annotations

import html
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject
from PySide6.QtWidgets import QApplication

from app.controllers.case_measures import CaseMeasures
from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import NewestWinsRunner
from app.gui import file_dialogs
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from imaging.writers.measures_csv import MeasuredStructure, measures_text, write_measures
from viewer.widgets.translation import tr, tr_count


class MeasuresLogic(QObject):
    """What the user does with measures."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._bench = workbench
        self._panel = window.measures
        self._session: CaseSession | None = None
        self._measures: CaseMeasures | None = None
        self._is_open = False
        self._awaiting: Callable[[tuple[MeasuredStructure, ...]], None] | None = None
        self._writer: NewestWinsRunner[None] = NewestWinsRunner(
            workbench.background.pool, workbench.gui_thread.call
        )
        actions = window.actions_by_key
        actions["show_measures"].toggled.connect(self._on_toggled)
        actions["copy_measures"].triggered.connect(lambda: self._when_measured(self._copy))
        actions["export_measures"].triggered.connect(lambda: self._when_measured(self._save))
        actions["reset_layout"].triggered.connect(
            lambda: actions["show_measures"].setChecked(False)
        )
        self._panel.structure_chosen.connect(self._on_structure_chosen)
        self._panel.close_requested.connect(lambda: actions["show_measures"].setChecked(False))

    def show_case(self, session: CaseSession) -> None:
        """Follow another case."""
        self._awaiting = None
        if self._measures is not None:
            self._measures.close()
        self._session = session
        background = self._bench.background
        self._measures = CaseMeasures(session, background.pool, self._bench.gui_thread.call)
        self._measures.changed.connect(self._on_changed)
        self._measures.failed.connect(self._window.banner.show_error)
        self._panel.setVisible(self._is_open)
        self._measures.set_wanted(self._is_open)

    def _on_toggled(self, is_open: bool) -> None:
        self._is_open = is_open
        self._panel.setVisible(is_open and self._window.shows_views)
        if self._measures is not None:
            self._measures.set_wanted(is_open or self._awaiting is not None)

    def _on_structure_chosen(self, name: str) -> None:
        if self._session is not None:
            self._session.activate(name)

    def _on_changed(self) -> None:
        measures, session = self._measures, self._session
        if measures is None or session is None:
            return
        if self._is_open:
            rows = measures.rows
            self._panel.show_rows(rows, session.active.name, is_busy=measures.is_busy)
        if self._awaiting is not None and not measures.is_busy:
            then, self._awaiting = self._awaiting, None
            then(self._table(session, measures))
            measures.set_wanted(self._is_open)

    def _when_measured(self, then: Callable[[tuple[MeasuredStructure, ...]], None]) -> None:
        """Do something with the whole table, as soon as it is complete."""
        if self._measures is not None:
            self._awaiting = then
            self._measures.set_wanted(True)

    def _table(self, session: CaseSession, measures: CaseMeasures) -> tuple[MeasuredStructure, ...]:
        record = self._bench.project.opener.record
        case = session.volume.name if record is None else record.pseudonym
        return tuple(
            MeasuredStructure(case, row.structure.name, row.measures)
            for row in measures.rows
            if row.measures is not None
        )

    def _copy(self, table: tuple[MeasuredStructure, ...]) -> None:
        if not table:
            self._window.banner.show_notice(tr("Nothing was copied: all structures are empty."))
            return
        text = measures_text(table)
        data = QMimeData()
        data.setText(text)
        data.setData("text/csv", text.encode("utf-8"))
        data.setHtml(_as_html(table))
        QApplication.clipboard().setMimeData(data)
        self._window.banner.show_done(
            tr_count(
                "Copied the measures of {count} structure.",
                "Copied the measures of {count} structures.",
                len(table),
            )
        )

    def _save(self, table: tuple[MeasuredStructure, ...]) -> None:
        if not table:
            self._window.banner.show_notice(tr("Nothing was saved: all structures are empty."))
            return
        store = self._bench.settings
        folder = Path(store.settings.last_folder or str(Path.home()))
        path = file_dialogs.ask_where_to_save_measures(self._window, folder / "measures.csv")
        if path is not None:
            self._writer.submit(
                lambda _cancelled: write_measures(path, table),
                lambda future: self._on_saved(path, future),
            )

    def _on_saved(self, path: Path, future: Future[None]) -> None:
        try:
            result_of(future, "Saving the measures")
        except WorkFailedError as error:
            self._window.banner.show_error(str(error))
        else:
            self._window.banner.show_done(tr("Saved {name}.", name=path.name))


def _as_html(table: tuple[MeasuredStructure, ...]) -> str:
    """A table that a spreadsheet or a letter takes in cell by cell."""
    head = "".join(f"<th>{html.escape(name)}</th>" for name in table[0].cells())
    rows = "".join(
        "<tr>"
        + "".join(
            f"<td>{'' if value is None else html.escape(str(value))}</td>"
            for value in row.cells().values()
        )
        + "</tr>"
        for row in table
    )
    return f"<table><tr>{head}</tr>{rows}</table>"

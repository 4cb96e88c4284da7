"""Cases come in and masks go out: adding folders and files, and the export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.gui import file_dialogs
from app.gui.add_dialog import AddDialog
from app.gui.data_set_dialog import DataSetDialog
from app.gui.export_dialog import ExportDialog
from app.gui.main_window import MainWindow
from app.gui.workbench import Workbench
from training.cases.records import CaseStatus, LabelVersion
from viewer.widgets.translation import tr, tr_sentence

if TYPE_CHECKING:
    from training.cases.data_set_offer import DataSetOffer


class ExchangeLogic(QObject):
    """Asks how, starts it, and says what came of it; what failed waits in the list of cases."""

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._bench = workbench.project
        self._projects = workbench.project.projects
        self._settings = workbench.settings
        handlers: dict[str, Callable[[], object]] = {
            "add_folder": self._add_folder,
            "add_files": self._add_files,
            "add_data_set": self._add_data_set,
            "export": self._export,
            "segment_new_cases": self._bench.segmenting.start,
        }
        for key, handler in handlers.items():
            action = window.actions_by_key[key]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())
        self._bench.adding.finished.connect(self._on_added)
        self._bench.adding.failed.connect(window.banner.show_error)
        self._bench.adding.data_set_found.connect(self._on_data_set)
        self._bench.adding.no_data_set.connect(self._on_no_data_set)
        self._bench.segmenting.segmented.connect(self._on_segmented)
        self._bench.segmenting.finished.connect(self._on_worked_through)
        self._bench.segmenting.failed.connect(window.banner.show_error)
        self._bench.exporting.finished.connect(self._on_worked_through)
        self._bench.exporting.failed.connect(window.banner.show_error)

    def add(self, paths: tuple[Path, ...]) -> None:
        """Ask how, then add every CT below folders and files, or a data set with its labels."""
        if self._projects.settings is None or not paths:
            return
        if not self._projects.may_write:
            self._window.banner.show_notice(tr("The project is read-only in this window."))
        elif len(paths) == 1:
            self._bench.adding.look_at(paths[0])
        else:
            self._add_cts(paths)

    # Adding

    def _add_folder(self) -> None:
        folder = file_dialogs.ask_folder_to_add(self._window, self._last_folder())
        if folder is not None:
            self.add((folder,))

    def _add_data_set(self) -> None:
        file = file_dialogs.ask_data_set(self._window, self._last_folder())
        if file is not None:
            self.add((file,))

    def _add_cts(self, paths: tuple[Path, ...], note: str = "") -> None:
        settings = self._projects.settings
        if settings is None:
            return
        dialog = AddDialog(paths, copies=settings.copies_cts, note=note, parent=self._window)
        if dialog.exec():
            self._remember_folder(paths[0])
            self._bench.adding.add(paths, copies=dialog.copies, deidentifies=dialog.deidentifies)

    def _on_no_data_set(self, path: Path, sentence: str) -> None:
        """A file that is no data set is a mistake; a folder still may have CTs."""
        if not sentence or path.is_dir():
            self._add_cts(
                (path,),
                sentence
                and tr(
                    "{sentence} Its CTs can be added without labels.",
                    sentence=tr_sentence(sentence),
                ),
            )
        else:
            self._window.banner.show_error(sentence)

    def _on_data_set(self, offer: DataSetOffer) -> None:
        settings = self._projects.settings
        if settings is None:
            return
        dialog = DataSetDialog(offer, copies=settings.copies_cts, parent=self._window)
        if not dialog.exec():
            return
        self._remember_folder(offer.path)
        how = {"copies": dialog.copies, "deidentifies": dialog.deidentifies}
        if dialog.only_cts:
            self._bench.adding.add(tuple(case.image for case in offer.data_set.cases), **how)
        else:
            self._bench.adding.add_data_set(offer.data_set, dialog.meanings, **how)

    def _add_files(self) -> None:
        self.add(file_dialogs.ask_files_to_add(self._window, self._last_folder()))

    def _on_added(self, sentence: str) -> None:
        report = self._bench.adding.report
        if report is None:
            return
        lines = (problem.line for problem in (*report.problems, *report.warnings))
        self._window.cases.problems.show_problems(sentence, lines)
        if report.problems:
            self._window.banner.show_notice(
                tr("{sentence} The list of cases says why.", sentence=tr_sentence(sentence))
            )
        else:
            self._window.banner.show_done(sentence)

    def _on_segmented(self, case_id: int, version: LabelVersion) -> None:
        """What was segmented in the background shows at once where nothing was drawn meanwhile."""
        opener = self._bench.opener
        is_in_the_way = opener.opened is not None and opener.opened.case_id == case_id
        if is_in_the_way and not opener.is_untouched:
            self._window.notice_bar.show_notice(
                "auto-fix",
                tr(
                    "This case was segmented in the background, as version {number}. What you "
                    "drew meanwhile stays; undo can bring it back if you take the other.",
                    number=version.number,
                ),
                (
                    tr("Take version {number}", number=version.number),
                    lambda: self._take(case_id, version),
                ),
            )
        else:
            opener.renew(case_id)

    def _take(self, case_id: int, version: LabelVersion) -> None:
        opened = self._bench.opener.opened
        if opened is not None and opened.case_id == case_id:
            self._bench.versions.go_back(version)

    # Export

    def _export(self) -> None:
        """Keep what is unsaved, so that it is exported too, then ask and write."""
        record = self._bench.opener.record
        session = self._workbench.cases.session
        why_not_save = self._bench.versions.why_not_save
        if record is not None and session is not None and session.is_modified:
            if why_not_save is None:
                self._bench.versions.save(self._ask_export)
                return
            self._window.banner.show_notice(
                tr(
                    "Unsaved changes are not exported. {why_not_save}",
                    why_not_save=tr_sentence(why_not_save or ""),
                )
            )
        self._ask_export()

    def _ask_export(self) -> None:
        project = self._projects.project
        if project is None:
            return
        record = self._bench.opener.record
        approved = self._projects.listing.count_of(CaseStatus.APPROVED)
        folder = Path(self._last_folder()) / f"{project.folder.name} export"
        dialog = ExportDialog(
            record if record is not None and record.version_count else None,
            approved,
            folder,
            self._window,
        )
        if dialog.exec():
            self._bench.exporting.export(dialog.request)

    def _on_worked_through(self, sentence: str, lines: tuple[str, ...]) -> None:
        if lines:
            self._window.cases.problems.show_problems(sentence, lines)
            self._window.banner.show_notice(
                tr("{sentence} The list of cases says why.", sentence=tr_sentence(sentence))
            )
        else:
            self._window.banner.show_done(sentence)

    def _remember_folder(self, path: Path) -> None:
        settings = self._settings.settings
        self._settings.change(settings.model_copy(update={"last_folder": str(path.parent)}))

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())

"""Opening and saving: what the file actions ask and what the case controller answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox

from app.controllers.case_session import CaseSession
from app.controllers.label_reading import UnclearLabels
from app.gui import file_dialogs
from app.gui.label_dialog import LabelDialog
from app.gui.main_window import MainWindow
from app.gui.notice_bar import NoticeAction
from app.gui.series_dialog import SeriesDialog
from app.gui.workbench import Workbench
from imaging.readers.series_info import SeriesInfo
from viewer.widgets.translation import tr, tr_sentence

MOST_NAMED = 4
"""The volumes of so many structures of a label file fit into a message."""


class FileLogic(QObject):
    """Asks for paths, guards unsaved changes, remembers recent files.

    Whoever goes on to something else is asked nothing: changes are kept as a version of the
    project's case, or in the journal of a single CT. Only closing the window asks.
    """

    def __init__(self, window: MainWindow, workbench: Workbench) -> None:
        super().__init__(window)
        self._window = window
        self._cases = workbench.cases
        self._versions = workbench.project.versions
        self._opener = workbench.project.opener
        self._autosave = workbench.project.autosave
        self._settings = workbench.settings
        self._saved_path: Path | None = None
        self._after_save: Callable[[], object] | None = None
        self._labels_offer = ""
        self._connect()
        self._show_recent()

    def open_path(self, path: Path) -> None:
        """Open a CT in place of the open case, whose changes are kept."""
        self.leave_case(lambda: self._cases.open_path(path.resolve()))

    def open_sample(self) -> None:
        """Open the sample case in place of the open case, whose changes are kept."""
        self.leave_case(self._cases.open_sample)

    def leave_case(self, then: Callable[[], object]) -> None:
        """Do ``then`` once the open case's changes are safe; not at all where they cannot be."""
        self._cases.make_safe(then)

    def may_close(self) -> bool:
        """Ask about unsaved changes; false where the window stays, or closes after a save."""
        session = self._cases.session
        if session is None or not session.is_modified:
            return True
        answer = file_dialogs.ask_before_closing(self._window, session.volume.name)
        if answer is file_dialogs.Unsaved.SAVE:
            self._after_save = self._window.close
            self._save()
        elif answer is file_dialogs.Unsaved.KEEP:
            return self._has_kept()
        elif answer is file_dialogs.Unsaved.DISCARD:
            self._autosave.discard()
            return True
        return False

    def offer_labels(self, path: Path, otherwise: NoticeAction) -> None:
        """Offer a mask of the open CT as its label file, or to do something else with it."""
        session = self._cases.session
        if session is None:
            return
        self._labels_offer = tr(
            "{file_name} is a mask on the grid of {name}, which stays open.",
            file_name=path.name,
            name=session.volume.name,
        )
        self._window.notice_bar.show_notice(
            "layers-plus",
            self._labels_offer,
            (
                tr("Open as its label file"),
                partial(self._before_labels, partial(self._cases.open_labels, path)),
            ),
            otherwise,
        )

    def on_case_opened(self, session: CaseSession) -> None:
        """Remember the case among the recent files."""
        self._saved_path = None
        if session.path is not None and session.case_id is None:
            self._settings.change(self._settings.settings.with_recent(session.path))
            self._settings.save()
            self._show_recent()

    def _connect(self) -> None:
        handlers: dict[str, Callable[[], None]] = {
            "open_ct": self._open_ct,
            "open_folder": self._open_folder,
            "open_sample": self.open_sample,
            "open_labels": self._open_labels,
            "save": self._save,
            "save_as": self._save_as,
            "save_clicks": self._save_clicks,
        }
        for key, handler in handlers.items():
            self._window.actions_by_key[key].triggered.connect(handler)
        self._window.start_page.recent_requested.connect(self._open_recent)
        self._window.menus.recent_requested.connect(self._open_recent)
        self._cases.series_wanted.connect(self._on_series_wanted)
        self._cases.labels_found.connect(self._on_labels_found)
        self._cases.labels_opened.connect(self._on_labels_opened)
        self._cases.mask_found.connect(self._on_mask_found)
        self._cases.labels_unclear.connect(self._on_labels_unclear)
        self._cases.case_opened.connect(lambda _session: self._withdraw_labels_offer())
        self._cases.labels_saved.connect(self._on_labels_saved)
        self._cases.clicks_saved.connect(self._on_clicks_saved)
        self._cases.failed.connect(self._on_failed)

    def _open_ct(self) -> None:
        path = file_dialogs.ask_ct_file(self._window, self._last_folder())
        if path is not None:
            self.open_path(path)

    def _open_folder(self) -> None:
        path = file_dialogs.ask_dicom_folder(self._window, self._last_folder())
        if path is not None:
            self.open_path(path)

    def _open_recent(self, path: Path) -> None:
        """Open a recent file; one that is gone leaves the list, and reading it says so."""
        if not path.exists():
            self._settings.change(self._settings.settings.without_recent(path))
            self._show_recent()
        self.open_path(path)

    def _open_labels(self) -> None:
        def ask() -> None:
            path = file_dialogs.ask_label_file(self._window, self._last_folder())
            if path is not None:
                self._cases.open_labels(path)

        self._before_labels(ask)

    def _before_labels(self, open_labels: Callable[[], object]) -> None:
        """Open labels once the mask that they replace is safe."""
        if self._opener.opened is not None:
            open_labels()  # undo brings the old mask back, and leaving the case keeps it
        else:
            self._unless_unsaved(tr("a label file replaces the mask"), open_labels)

    def _on_labels_found(self, paths: tuple[Path, ...]) -> None:
        """Offer label files beside the CT, unless something else waits to be dealt with."""
        bar = self._window.notice_bar
        if bar.isVisible():
            return
        if len(paths) == 1:
            self._labels_offer = tr("A label file lies beside this CT: {name}", name=paths[0].name)
            texts = [tr("Open it")]
        else:
            self._labels_offer = tr("Label files lie beside this CT. Open one of them?")
            names = [path.name for path in paths]
            has_twins = len(set(names)) < len(names)
            texts = [
                f"{path.parent.name}/{path.name}" if has_twins else path.name for path in paths
            ]
        actions = (
            (text, partial(self._before_labels, partial(self._cases.open_labels, path)))
            for text, path in zip(texts, paths, strict=True)
        )
        bar.show_notice("layers-plus", self._labels_offer, *actions)

    def _withdraw_labels_offer(self) -> None:
        bar = self._window.notice_bar
        if bar.text and bar.text == self._labels_offer:
            bar.clear()

    def _on_mask_found(self, path: Path) -> None:
        def open_alone() -> None:
            self.leave_case(lambda: self._cases.open_path(path, may_be_mask=False))

        self.offer_labels(path, (tr("Open as a CT"), open_alone))

    def _on_labels_unclear(self, unclear: UnclearLabels) -> None:
        voxel_volume_mm3 = unclear.session.volume.geometry.voxel_volume_mm3
        dialog = LabelDialog(unclear.path.name, unclear.meanings, voxel_volume_mm3, self._window)
        if dialog.exec():
            self._cases.open_explained(unclear, dialog.meanings)

    def _on_labels_opened(self, file_name: str, warnings: tuple[str, ...]) -> None:
        self._withdraw_labels_offer()
        opened = tr("{file_name} was opened.", file_name=file_name)
        if warnings:
            self._window.banner.show_remarks(opened, warnings)
        else:
            self._window.banner.show_done(f"{opened} {self._what_is_there()}".strip())

    def _what_is_there(self) -> str:
        """The open case's structures and their volumes, as a sentence; empty without a case."""
        session = self._cases.session
        if session is None:
            return ""
        volumes = [
            (structure.title, session.volume_ml(structure.name))
            for structure in session.structures
            if session.volume_ml(structure.name)
        ]
        if not volumes:
            return tr("It holds no structure: the mask is empty now.")
        if len(volumes) > MOST_NAMED:
            return tr("It holds {count} structures.", count=len(volumes))
        texts = (
            tr(
                "{structure_title} {volume_ml:.1f} mL",
                structure_title=tr_sentence(title),
                volume_ml=ml,
            )
            for title, ml in volumes
        )
        return f"{', '.join(texts)}."

    def _save(self) -> None:
        why_not = self._versions.why_not_save
        if why_not is None:
            after_save, self._after_save = self._after_save, None
            self._versions.save(after_save)
        elif self._opener.opened is not None:
            self._after_save = None
            self._window.banner.show_notice(
                tr("{why_not} Or save the mask to a file of its own.", why_not=tr_sentence(why_not))
            )
        elif self._saved_path is None:
            self._save_as()
        else:
            self._cases.save_labels(self._saved_path)

    def _save_as(self) -> None:
        session = self._cases.session
        if session is None:
            return
        proposal = self._saved_path or self._beside(session, "mask.nii.gz")
        path = file_dialogs.ask_where_to_save(self._window, proposal)
        if path is None:
            self._after_save = None
        else:
            self._cases.save_labels(path)

    def _save_clicks(self) -> None:
        session = self._cases.session
        if session is None:
            return
        proposal = self._beside(session, f"{session.active.name}_clicks.json")
        path = file_dialogs.ask_where_to_save_clicks(self._window, proposal)
        if path is not None:
            self._cases.save_clicks(path)

    def _beside(self, session: CaseSession, ending: str) -> Path:
        """A name for a new file beside the CT."""
        folder = session.path.parent if session.path else Path(self._last_folder())
        name = session.volume.name.removesuffix(".gz").removesuffix(".nii")
        allowed = "".join(c if c.isalnum() or c in " -_." else "_" for c in name)
        return folder / f"{allowed}_{ending.replace(' ', '_')}"

    def _unless_unsaved(self, what: str, then: Callable[[], object]) -> None:
        """Do ``then`` at once where nothing is lost by it, or after saving, or not at all."""
        session = self._cases.session
        if session is None or not session.is_modified:
            then()
            return
        answer = file_dialogs.ask_about_unsaved(self._window, what)
        if answer == QMessageBox.StandardButton.Save:
            self._after_save = then
            self._save()
        elif answer == QMessageBox.StandardButton.Discard:
            then()

    def _has_kept(self) -> bool:
        """Whether the unsaved changes are in the journal, for the next start."""
        is_safe = self._autosave.is_safe()
        if not is_safe:
            self._window.banner.show_error(
                tr(
                    "The changes cannot be kept: the disk refuses them. "
                    "Save the mask somewhere else."
                )
            )
        return is_safe

    def _last_folder(self) -> str:
        return self._settings.settings.last_folder or str(Path.home())

    def _show_recent(self) -> None:
        paths = tuple(Path(text) for text in self._settings.settings.recent_files)
        self._window.start_page.show_recent(paths)
        self._window.menus.show_recent(paths)

    def _on_series_wanted(self, path: Path, series: tuple[SeriesInfo, ...]) -> None:
        dialog = SeriesDialog(series, self._window)
        self._cases.preview_series(path, dialog.show_previews)
        is_chosen = dialog.exec()
        self._cases.cancel_previews()
        if is_chosen and dialog.series_uid is not None:
            self._cases.open_path(path, dialog.series_uid)

    def _on_labels_saved(self, path: Path) -> None:
        self._saved_path = path
        self._window.banner.show_done(
            tr("Saved to {path}, and checked by reading it back.", path=path)
        )
        after_save, self._after_save = self._after_save, None
        if after_save is not None:
            after_save()

    def _on_clicks_saved(self, path: Path) -> None:
        self._window.banner.show_done(tr("Clicks saved to {path}.", path=path))

    def _on_failed(self, sentence: str) -> None:
        self._after_save = None
        self._window.banner.show_error(sentence)

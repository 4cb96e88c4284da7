"""Opens cases and label files and saves masks, off the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.case_session import CaseSession
from app.controllers.label_reading import (
    ReadLabels,
    UnclearLabels,
    is_mask_of,
    labels_explained,
    labels_read,
)
from app.controllers.mask_or_ct import MaskOrCt, ReadsVolumes
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.clicks import Click
from imaging.errors import CancelledError, SeriesChoiceError
from imaging.geometry import VolumeGeometry
from imaging.history import Change
from imaging.readers.label_file import OpenedLabels
from imaging.readers.series_info import SeriesInfo
from imaging.volume import Volume
from inference.messages import IsCancelled, ReportProgress

MakeSafe = Callable[[Callable[[], object]], None]
"""Calls a function once the open case's changes are kept, where they can be without asking."""

ShowPreviews = Callable[[tuple[bytes | None, ...]], None]
"""Takes a PNG for each series, in their order; None where there is no picture."""

IMPORT = "opening of "
"""How the name of a change begins that puts a label file in place of the mask."""

logger = logging.getLogger(__name__)


class CaseFiles(ReadsVolumes, Protocol):
    """Reading and writing, as the controller needs it; runs on pool threads."""

    def list_series(self, path: Path) -> tuple[SeriesInfo, ...]:
        """The series of a folder."""

    def series_previews(self, path: Path, *, is_cancelled: IsCancelled) -> tuple[bytes | None, ...]:
        """A PNG of each series, in the order of ``list_series``; None where there is none."""

    def open_labels(
        self, path: Path, geometry: VolumeGeometry, *, is_cancelled: IsCancelled
    ) -> OpenedLabels:
        """Read a label file that lies on ``geometry``."""

    def labels_beside(self, path: Path) -> tuple[Path, ...]:
        """Label files that lie beside a CT, by their names."""

    def write_label_file(
        self, path: Path, labels: NDArray[np.uint8], geometry: VolumeGeometry
    ) -> None:
        """Write a label file and check it by reading it back."""

    def write_clicks(self, path: Path, clicks: tuple[Click, ...], geometry: VolumeGeometry) -> None:
        """Write a clicks file."""

    def make_sample(self) -> Volume:
        """The sample case."""


@dataclass(frozen=True, slots=True)
class _Opened:
    """A volume that was read, or the series to choose from."""

    volume: Volume | None
    series: tuple[SeriesInfo, ...] = ()
    labels_beside: tuple[Path, ...] = ()
    is_mask: bool = False


class CaseController:
    """Owns the open case; all methods are called on the GUI thread."""

    case_opened = Signal(CaseSession)
    case_closed = Signal()
    """No case is open any more."""
    labels_found = Signal(tuple)
    """The paths of label files beside the CT that was opened; after ``case_opened``."""
    labels_opened = Signal(str, tuple)
    """A label file took the place of the mask: its name, and the warnings about it."""
    mask_found = Signal(Path)
    """A file that was to be opened is a mask on the open CT's grid, so that CT stays open."""
    labels_unclear = Signal(UnclearLabels)
    """The mask stays until it is said what the values of a label file mean."""
    labels_saved = Signal(Path)
    clicks_saved = Signal(Path)
    series_wanted = Signal(Path, tuple)
    """A folder holds several CT series: the path and a tuple of ``SeriesInfo``."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        files: CaseFiles,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        structures_of_new_case: Callable[[], tuple[str, ...]],
    ) -> None:
        self.session: CaseSession | None = None
        self.make_safe: MakeSafe = _at_once
        """Keeps what was drawn while the next case was read; the project sets it."""
        self._files = files
        self._activities = activities
        self._call_in_gui_thread = call_in_gui_thread
        self._structures_of_new_case = structures_of_new_case
        self._mask_or_ct = MaskOrCt(files, executor, call_in_gui_thread, activities)
        self._opening = NewestWinsRunner[_Opened](executor, call_in_gui_thread)
        self._reading_labels = NewestWinsRunner[ReadLabels | UnclearLabels](
            executor, call_in_gui_thread
        )
        self._previewing: NewestWinsRunner[tuple[bytes | None, ...]] = NewestWinsRunner(
            executor, call_in_gui_thread
        )
        self._saving = NewestWinsRunner[None](executor, call_in_gui_thread)
        self._saving_clicks = NewestWinsRunner[None](executor, call_in_gui_thread)

    @property
    def is_saving(self) -> bool:
        """Whether a file is being written."""
        return self._saving.is_busy

    def open_path(
        self, path: Path, series_uid: str | None = None, *, may_be_mask: bool = True
    ) -> None:
        """Read a CT and make it the open case; the case that is open stays until then.

        Where the file turns out to be a mask of the open CT that is only said, by
        ``mask_found``, unless ``may_be_mask`` is false.
        """
        of_ct = None if self.session is None or not may_be_mask else self.session.volume

        def read(is_cancelled: IsCancelled) -> _Opened:
            try:
                volume = self._files.open_volume(
                    path,
                    series_uid=series_uid,
                    is_cancelled=is_cancelled,
                    report_progress=self._reporter(path, is_cancelled),
                )
            except SeriesChoiceError:
                return _Opened(None, self._files.list_series(path))
            if of_ct is not None and is_mask_of(volume, of_ct):
                return _Opened(volume, is_mask=True)
            return _Opened(volume, labels_beside=self._files.labels_beside(path))

        self._open(read, path, f"Reading {path.name}", series_uid)

    def take_mask(
        self, path: Path, if_mask: Callable[[], object], otherwise: Callable[[], object]
    ) -> None:
        """Do ``if_mask`` where a file turns out to be a mask of the open CT."""
        session = self.session
        if session is None:
            otherwise()
            return

        def take(is_mask: bool) -> None:
            if is_mask and session is self.session:
                if_mask()
            else:
                otherwise()

        self._mask_or_ct.ask(path, session.volume, take)

    def open_sample(self) -> None:
        """Make the synthetic sample case the open one."""
        self._open(
            lambda _cancelled: _Opened(self._files.make_sample()), None, "Making the sample case"
        )

    def preview_series(self, path: Path, show: ShowPreviews) -> None:
        """Make a small picture of each series of a folder, and hand them over when they are there.

        A choice needs no pictures: where they cannot be made nothing is said.
        """

        def deliver(future: Future[tuple[bytes | None, ...]]) -> None:
            try:
                show(result_of(future, "Making the pictures of the series"))
            except (CancelledError, WorkFailedError) as error:
                logger.info("no pictures of the series: %s", type(error).__name__)

        self._previewing.submit(
            lambda is_cancelled: self._files.series_previews(path, is_cancelled=is_cancelled),
            deliver,
        )

    def cancel_previews(self) -> None:
        """Make no more pictures of series."""
        self._previewing.cancel()

    def cancel_opening(self) -> None:
        """Give up reading; the case that is open stays."""
        self._opening.cancel()
        self._activities.finish("open")

    def adopt(self, session: CaseSession) -> None:
        """Make a case the open one, in place of the one that was."""
        self._reading_labels.cancel()
        self._activities.finish("labels")
        self.session = session
        logger.info("case opened, shape %s", session.volume.geometry.shape)
        self.case_opened.emit(session)

    def close(self) -> None:
        """Have no case open."""
        self.cancel_opening()
        self._cancel_labels()
        if self.session is not None:
            self.session = None
            self.case_closed.emit()

    def open_labels(self, path: Path) -> None:
        """Put a label file in place of the open case's labels and clicks; a step of undo."""
        session = self.session
        if session is None:
            self.failed.emit("Open the CT first, then its label file.")
            return
        geometry, revision = session.volume.geometry, session.revision
        self._activities.show("labels", Activity(f"Reading {path.name}", None, self._cancel_labels))

        def read(is_cancelled: IsCancelled) -> ReadLabels | UnclearLabels:
            opened = self._files.open_labels(path, geometry, is_cancelled=is_cancelled)
            return labels_read(session, path, opened, revision)

        self._reading_labels.submit(
            read, lambda future: self._on_labels_read(future, session, path.name)
        )

    def open_explained(self, unclear: UnclearLabels, meanings: Mapping[int, str]) -> None:
        """Go on with a label file: each value is a structure by its name, or empty: left out."""
        session, path = unclear.session, unclear.path
        if session is not self.session:
            return
        revision = session.revision
        self._activities.show("labels", Activity(f"Reading {path.name}", None, self._cancel_labels))

        self._reading_labels.submit(
            lambda _cancelled: labels_explained(unclear, meanings, revision),
            lambda future: self._on_labels_read(future, session, path.name),
        )

    def save_labels(self, path: Path) -> None:
        """Write the labels as they are now; later edits do not reach the file."""
        session = self.session
        if session is None or self.is_saving:
            return
        labels = session.labels.array.copy()
        state = session.state
        geometry = session.volume.geometry
        self._activities.show("save", Activity(f"Saving {path.name}"))
        self._saving.submit(
            lambda _cancelled: self._files.write_label_file(path, labels, geometry),
            lambda future: self._on_saved(future, session, state, path),
        )

    def save_clicks(self, path: Path) -> None:
        """Write the clicks on the active structure."""
        session = self.session
        if session is None:
            return
        clicks = session.clicks.of(session.active.name)
        geometry = session.volume.geometry
        self._saving_clicks.submit(
            lambda _cancelled: self._files.write_clicks(path, clicks, geometry),
            lambda future: self._on_clicks_saved(future, path),
        )

    def _open(
        self,
        read: Callable[[IsCancelled], _Opened],
        path: Path | None,
        text: str,
        series_uid: str | None = None,
    ) -> None:
        self._activities.show("open", Activity(text, None, self.cancel_opening))
        self._opening.submit(read, lambda future: self._on_opened(future, path, series_uid))

    def _reporter(self, path: Path, is_cancelled: IsCancelled) -> ReportProgress:
        def update(share: float) -> None:
            if not is_cancelled():
                self._activities.update("open", share, f"Reading {path.name}")

        def report(share: float, _text: str) -> None:
            self._call_in_gui_thread(lambda: update(share))

        return report

    def _on_opened(
        self, future: Future[_Opened], path: Path | None, series_uid: str | None
    ) -> None:
        self._activities.finish("open")
        try:
            opened = result_of(future, "Reading the CT")
        except CancelledError:
            return
        except WorkFailedError as error:
            self.failed.emit(str(error))
            return
        if opened.volume is None:
            self.series_wanted.emit(path, opened.series)
            return
        if opened.is_mask:
            self.mask_found.emit(path)
            return
        names = self._structures_of_new_case()
        session = CaseSession(opened.volume, names, path=path, series_uid=series_uid)
        self.make_safe(lambda: self._adopt_with(session, opened.labels_beside))

    def _adopt_with(self, session: CaseSession, labels_beside: tuple[Path, ...]) -> None:
        self.adopt(session)
        if labels_beside and self.session is session:
            self.labels_found.emit(labels_beside)

    def _on_labels_read(
        self, future: Future[ReadLabels | UnclearLabels], session: CaseSession, file_name: str
    ) -> None:
        if session is not self.session:
            self._activities.finish("labels")
            return
        try:
            read = result_of(future, "Reading the label file")
        except CancelledError:
            self._activities.finish("labels")
            return
        except WorkFailedError as error:
            self._activities.finish("labels")
            self.failed.emit(str(error))
            return
        if isinstance(read, UnclearLabels):
            self._activities.finish("labels")
            self.labels_unclear.emit(read)
            return
        opened, revision = read.opened, session.revision
        if read.revision != revision:  # something was drawn meanwhile
            self._reading_labels.submit(
                lambda _cancelled: ReadLabels.over(session, opened, revision),
                lambda again: self._on_labels_read(again, session, file_name),
            )
            return
        self._activities.finish("labels")
        session.do(Change(f"{IMPORT}{file_name}", read.edit, session.clicks.clicks, ()))
        if session.case_id is None:  # it is on disk; a project has not got it yet
            session.mark_saved(session.state)
        self.labels_opened.emit(file_name, opened.warnings)

    def _on_saved(self, future: Future[None], session: CaseSession, state: int, path: Path) -> None:
        self._activities.finish("save")
        try:
            result_of(future, "Saving the mask")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        session.mark_saved(state)
        self.labels_saved.emit(path)

    def _on_clicks_saved(self, future: Future[None], path: Path) -> None:
        try:
            result_of(future, "Saving the clicks")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
            return
        self.clicks_saved.emit(path)

    def _cancel_labels(self) -> None:
        self._reading_labels.cancel()
        self._activities.finish("labels")


def _at_once(then: Callable[[], object]) -> None:
    then()

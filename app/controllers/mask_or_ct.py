"""Tells a mask of the open CT from whatever else a file may hold."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Protocol

from app.controllers.activities import Activities, Activity
from app.controllers.label_reading import is_mask_of
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError
from imaging.volume import Volume
from inference.messages import IsCancelled, ReportProgress


class ReadsVolumes(Protocol):
    """What reads a file."""

    def open_volume(
        self,
        path: Path,
        *,
        series_uid: str | None,
        is_cancelled: IsCancelled,
        report_progress: ReportProgress,
    ) -> Volume:
        """Read a CT, or a mask; raises `SeriesChoiceError` where a series must be chosen."""
        ...


class MaskOrCt:
    """Looks into a file off the GUI thread, on which all methods are called."""

    def __init__(
        self,
        files: ReadsVolumes,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
    ) -> None:
        self._files = files
        self._activities = activities
        self._looking = NewestWinsRunner[bool](executor, call_in_gui_thread)

    def ask(self, path: Path, ct: Volume, answer: Callable[[bool], object]) -> None:
        """Say whether a file is a mask of ``ct``; nothing where the user cancels.

        What cannot be read is none: who takes the file next says what is wrong with it.
        """

        def look(is_cancelled: IsCancelled) -> bool:
            volume = self._files.open_volume(
                path,
                series_uid=None,
                is_cancelled=is_cancelled,
                report_progress=lambda _share, _text: None,
            )
            return is_mask_of(volume, ct)

        def deliver(future: Future[bool]) -> None:
            self._activities.finish("look")
            try:
                is_mask = result_of(future, "Looking into the file")
            except CancelledError:
                return
            except WorkFailedError:
                is_mask = False
            answer(is_mask)

        self._activities.show("look", Activity(f"Reading {path.name}", None, self._cancel))
        self._looking.submit(look, deliver)

    def _cancel(self) -> None:
        self._looking.cancel()
        self._activities.finish("look")

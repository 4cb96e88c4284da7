"""Segments all new cases of the project in the background, while the user works on others.

It runs on the pool with a predictor of its own, not on the inference thread: one case takes half a
minute on a slow computer, and a click on the open case must not wait that long for its answer.
Between two looks of the network it gives way to clicks.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING

from psygnal import Signal

from app.controllers.activities import Activities, Activity
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.project_controller import ProjectController
from app.controllers.right_of_way import RightOfWay
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError
from inference.messages import IsCancelled
from training.cases.records import CaseRecord, LabelVersion

if TYPE_CHECKING:
    from app.segment_project import ProjectSegmenter, SegmentReport

MakeSegmenter = Callable[[], "ProjectSegmenter"]
"""Says with which model, and for which structures; called on a pool thread."""

_KEY = "segment_new"


class ProjectSegmentationController:
    """Owns the segmentation of new cases; all methods are called on the GUI thread."""

    segmented = Signal(int, LabelVersion)
    """A case's id, and its new version."""
    finished = Signal(str, tuple)
    """A sentence about what was done, and one for each case that failed."""
    ended = Signal()
    """It does not run any more, however it went."""
    failed = Signal(str)
    """A sentence about what did not work."""

    def __init__(
        self,
        projects: ProjectController,
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
        activities: Activities,
        make_segmenter: MakeSegmenter,
        right_of_way: RightOfWay,
    ) -> None:
        self._projects = projects
        self._call_in_gui_thread = call_in_gui_thread
        self._activities = activities
        self._make_segmenter = make_segmenter
        self._right_of_way = right_of_way
        self._cancel: Callable[[], None] = lambda: None
        self._segmenting: NewestWinsRunner[SegmentReport] = NewestWinsRunner(
            executor, call_in_gui_thread
        )

    @property
    def is_busy(self) -> bool:
        """Whether new cases are being segmented."""
        return self._segmenting.is_busy

    def start(self) -> None:
        """Segment every new case that has no labels; what is finished stays when it is stopped."""
        project = self._projects.project
        if project is None or not self._projects.may_write or self.is_busy:
            return
        is_stopped = False

        def stop() -> None:
            nonlocal is_stopped
            is_stopped = True
            self._activities.show(_KEY, Activity("Stopping; finished cases are kept"))

        def show(share: float, text: str) -> None:
            if not is_stopped:
                self._activities.update(_KEY, share, f"Segmenting {text}")

        def report(share: float, text: str) -> None:
            self._call_in_gui_thread(lambda: show(share, text))

        def tell(case: CaseRecord, version: LabelVersion) -> None:
            self._projects.refresh()
            self.segmented.emit(case.id, version)

        def on_done(case: CaseRecord, version: LabelVersion) -> None:
            self._call_in_gui_thread(lambda: tell(case, version))

        def work(_is_cancelled: IsCancelled) -> SegmentReport:
            def is_over() -> bool:
                return is_stopped

            def is_cancelled() -> bool:  # asked between two looks of the network
                self._right_of_way.wait(is_over)
                return is_stopped

            from app.segment_project import segment_new_cases  # readers; the start saves them

            return segment_new_cases(
                project,
                self._make_segmenter(),
                report_progress=report,
                is_cancelled=is_cancelled,
                on_done=on_done,
            )

        self._cancel = stop
        self._activities.show(_KEY, Activity("Segmenting new cases", None, stop))
        self._segmenting.submit(work, self._on_finished)

    def stop(self) -> None:
        """Segment no more; finished cases are kept."""
        if self.is_busy:
            self._cancel()

    def _on_finished(self, future: Future[SegmentReport]) -> None:
        self._activities.finish(_KEY)
        try:
            report = result_of(future, "Segmenting the new cases")
        except (CancelledError, WorkFailedError) as error:
            self.failed.emit(str(error))
        else:
            self._projects.refresh()
            lines = tuple(problem.line for problem in report.problems)
            self.finished.emit(segmented_text(report), lines)
        self.ended.emit()


def segmented_text(report: SegmentReport) -> str:
    """What was segmented, in a sentence or two."""
    count = len(report.done)
    parts = ["1 case segmented" if count == 1 else f"{count or 'No'} cases segmented"]
    if report.left_out:
        parts.append(f"{report.left_out} had labels already")
    if report.problems:
        parts.append(f"{len(report.problems)} failed")
    stopped = " Stopped; starting it again goes on." if report.was_cancelled else ""
    return f"{', '.join(parts)}.{stopped}"

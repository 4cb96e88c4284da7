"""What the inference thread tells while it works: how far it is, and what is found so far."""

from __future__ import annotations

from psygnal import Signal

from app.controllers.activities import Activities
from app.controllers.answers import Stamp, replacing_edit
from app.controllers.case_session import CaseSession
from app.controllers.runner import CallInGuiThread
from imaging.editing.label_patch import LabelPatch
from imaging.labels import Box
from inference.messages import IsCancelled, MaskProposal, ReportProgress, ShowFound


def progress_reporter(
    activities: Activities, key: str, call_in_gui_thread: CallInGuiThread, is_cancelled: IsCancelled
) -> ReportProgress:
    """Tell an activity how far its work is; what was cancelled is not heard any more."""

    def update(share: float, text: str) -> None:
        if not is_cancelled():
            activities.update(key, share, text)

    return lambda share, text: call_in_gui_thread(lambda: update(share, text))


class FoundSoFar:
    """Shows what an automatic segmentation has found until it ends; the labels do not change."""

    changed = Signal(object, object)
    """A ``LabelPatch`` or None, and the ``Box`` that looks different from before."""

    def __init__(self, call_in_gui_thread: CallInGuiThread) -> None:
        """Show nothing yet."""
        self._call_in_gui_thread = call_in_gui_thread
        self._shown: Box | None = None

    def shown_for(self, session: CaseSession, stamp: Stamp, is_cancelled: IsCancelled) -> ShowFound:
        """What the inference thread calls; nothing is shown once ``stamp`` is out of date."""

        def show(patch: LabelPatch) -> None:
            if not is_cancelled() and Stamp.of(session) == stamp:
                session.step_taken.connect(self.clear, unique=True)  # a patch would hide the step
                self.clear()
                self._shown = patch.box
                self.changed.emit(patch, patch.box)

        def show_found(found: MaskProposal) -> None:
            edit = replacing_edit(session.labels, found, stamp)
            if edit is not None:
                patch = LabelPatch(edit.box, edit.after)
                self._call_in_gui_thread(lambda: show(patch))

        return show_found

    def clear(self) -> None:
        """Show the labels as they are."""
        shown, self._shown = self._shown, None
        if shown is not None:
            self.changed.emit(None, shown)

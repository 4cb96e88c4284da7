"""Looks at what the model found without clicks, and says what speaks against it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Executor, Future

from psygnal import Signal

from app.controllers.case_session import CaseSession
from app.controllers.outcome import WorkFailedError, result_of
from app.controllers.runner import CallInGuiThread, NewestWinsRunner
from imaging.errors import CancelledError
from imaging.structures import structure_by_name
from inference.messages import IsCancelled

logger = logging.getLogger(__name__)


class DoubtController:
    """Works off the GUI thread; a mask that was changed meanwhile is not spoken of."""

    noticed = Signal(str)
    """A sentence about the newest automatic mask."""

    def __init__(
        self,
        session: Callable[[], CaseSession | None],
        executor: Executor,
        call_in_gui_thread: CallInGuiThread,
    ) -> None:
        self._session = session
        self._looking = NewestWinsRunner[str | None](executor, call_in_gui_thread)

    def look(self, name: str) -> None:
        """Look at a structure of the open case that was segmented just now."""
        session = self._session()
        if session is None:
            return
        revision = session.revision

        def work(_is_cancelled: IsCancelled) -> str | None:
            from training.cases.automatic_doubt import doubt_about  # scipy takes its time

            # Of one moment, as far as it counts: with another revision nothing is said.
            labels = session.labels.array.copy()
            return doubt_about(labels, session.volume, structure_by_name(name))

        def deliver(future: Future[str | None]) -> None:
            try:
                sentence = result_of(future, "Looking at the mask")
            except (CancelledError, WorkFailedError) as error:  # nobody asked for it
                logger.info("no look at the mask: %s", type(error).__name__)
                return
            if sentence and self._session() is session and session.revision == revision:
                self.noticed.emit(sentence)

        self._looking.submit(work, deliver)

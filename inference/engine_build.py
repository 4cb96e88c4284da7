"""Builds engines in a process of their own, for minutes, while another engine answers."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

from imaging.errors import MaskwrightError
from inference.engine_process import EngineProcess, ProcessDiedError
from inference.engines.choice import Choice, choice_from_fields
from inference.host_protocol import BuildEngine, Examined

logger = logging.getLogger(__name__)

BUILD_LIMIT_S = 1800.0
"""Without a sign of progress: TensorRT tunes a large network for minutes."""


class BackgroundBuild:
    """One engine on its way. It begins at once, on a thread of its own."""

    def __init__(
        self, request: BuildEngine, start_process: Callable[[], EngineProcess] = EngineProcess
    ) -> None:
        """Build as the request says, in a process that ``start_process`` starts."""
        self._request = request
        self._lock = Lock()
        self._is_closed = False
        self._process: EngineProcess | None = None
        self._start_process = start_process
        self.share = 0.0
        self.choice: Choice | None = None
        self.has_failed = False
        self._thread = Thread(target=self._work, name="engine-build", daemon=True)
        self._thread.start()

    @property
    def kind(self) -> str:
        """The id of the kind that is built."""
        return self._request.kind

    def is_for(self, network: Path, kind: str | None = None) -> bool:
        """Whether it builds that kind, or any, for that network."""
        return self._request.network == str(network) and kind in (None, self._request.kind)

    def wait(self) -> None:
        """Until it is over."""
        self._thread.join()

    def close(self) -> None:
        """Give it up; what was built so far is lost."""
        with self._lock:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()
        self.wait()

    def _work(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            process = self._process = self._start_process()
        try:
            answer = process.ask(self._request, BUILD_LIMIT_S, report=self._report)
            assert isinstance(answer, Examined)
            self.choice = choice_from_fields(answer.choice)
        except (ProcessDiedError, MaskwrightError) as error:
            self.has_failed = True
            if not self._is_closed:
                logger.warning("%s could not be built: %s", self.kind, error)
        finally:
            process.close()

    def _report(self, share: float) -> None:
        self.share = share

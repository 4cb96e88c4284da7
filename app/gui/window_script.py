"""Drives a window by a script, and watches for how long its event loop stands still."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence

from PySide6.QtCore import QObject, Qt, QTimer

from app.gui.main_window import MainWindow
from app.gui.slow_turns import SlowTurns
from app.gui.window_logic import WindowLogic

TICK_MS = 5
"""So often the loop should come round; what it is late by is a stall."""

PATIENCE_S = 600.0
"""Nothing that a script waits for takes so long, unless something went wrong."""

Until = Callable[[], bool]
"""What a script waits for; asked at each tick."""

Script = Generator[Until, None, None]


class WindowScript(QObject):
    """Runs a generator inside the event loop, a step at a tick, then closes the window.

    The generator does what a user does and yields what has to be true before it goes on. What it
    does itself counts as the window's own work, because a user's event would be handled there.

    Attributes:
        late_ms: for each phase, by how much each tick was late.
        busy_ms: for each phase, the processor time of the window's thread between ticks: what
            is left of being late once nothing else runs on the computer.
        problem: why it stopped early; empty if it did not.
    """

    def __init__(
        self,
        window: MainWindow,
        logic: WindowLogic,
        script: Callable[[WindowScript], Script],
        tell: Callable[[str], object] = lambda _phase: None,
        slow_turns: SlowTurns | None = None,
    ) -> None:
        """``tell`` is called with the name of each phase when it begins."""
        super().__init__(window)
        self.window = window
        self.logic = logic
        self.late_ms: dict[str, list[float]] = {}
        self.busy_ms: dict[str, list[float]] = {}
        self.problem = ""
        self._phase = ""
        self._tell = tell
        self._slow_turns = slow_turns
        self._script = script(self)
        self._until: Until = lambda: True
        self._waits_since_s = self._last_s = time.perf_counter()
        self._last_busy_s = time.thread_time()
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        bench = logic.workbench
        for signal in (bench.cases.failed, bench.segmentation.failed, bench.tools.refining.failed):
            signal.connect(self._stop)
        self._timer.start()

    def begin(self, phase: str) -> None:
        """What comes now belongs to another phase; an empty one is not watched."""
        if phase and phase != self._phase:
            self._tell(phase)
        self._phase = phase
        self._last_s, self._last_busy_s = time.perf_counter(), time.thread_time()

    def _on_tick(self) -> None:
        if self._slow_turns is not None:
            self._slow_turns.end()
        now_s, busy_s = time.perf_counter(), time.thread_time()
        if self._phase:
            late_ms = max(0.0, 1000 * (now_s - self._last_s) - TICK_MS)
            self.late_ms.setdefault(self._phase, []).append(late_ms)
            busy_ms = 1000 * (busy_s - self._last_busy_s)
            self.busy_ms.setdefault(self._phase, []).append(busy_ms)
            if self._slow_turns is not None:
                self._slow_turns.keep(self._phase, busy_ms)
        self._last_s, self._last_busy_s = now_s, time.thread_time()
        if self._slow_turns is not None:
            self._slow_turns.begin()
        if self._until():
            self._waits_since_s = now_s
            try:
                self._until = next(self._script)
            except StopIteration:
                self._stop()
            except BaseException:
                self._stop("The script failed; the lines above say where.")
                raise
        elif now_s - self._waits_since_s > PATIENCE_S:
            self._stop(f"Nothing came of it within {PATIENCE_S:.0f} s: {self._phase}")

    def _stop(self, sentence: str = "") -> None:
        if not self._timer.isActive():
            return
        self._timer.stop()
        if self._slow_turns is not None:
            self._slow_turns.end()
        self.problem = sentence
        session = self.logic.workbench.cases.session
        if session is not None:
            session.mark_saved(session.state)  # nobody is there to be asked
        self.window.close()


def until_any(seen: Sequence[object]) -> Until:
    """Wait until something was put into a list."""
    return lambda: bool(seen)


def timed(ask: Callable[[], object], until: Until) -> Generator[Until, None, float]:
    """Ask for something and wait until it is there; returns the seconds."""
    started_s = time.perf_counter()
    ask()
    yield until
    return time.perf_counter() - started_s


def after_s(seconds: float) -> Until:
    """Let some time pass."""
    end_s = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end_s

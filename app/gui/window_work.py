"""What a user does in the window, as scripts that note times and memory on the way."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

from app.controllers.case_session import CaseSession
from app.gui.scripted_hand import ScriptedHand, stroke_around
from app.gui.view_logic import ViewLogic
from app.gui.window_script import Script, Until, WindowScript, after_s, timed, until_any
from viewer.scenes.planes import Plane
from viewer.scenes.slabs import Slab, SlabKind
from viewer.scenes.view_state import Point
from viewer.widgets.quad_view import QuadView
from viewer.widgets.slice_widget import SliceWidget

NOTCH_S = 1 / 30
"""A quick finger turns the wheel by so much time a notch."""

TURN_NOTCHES = 40
"""It goes so far, then back again."""

QUIET_S = 0.5
CLICK_OFFSETS_MM = ((0, 0, 0), (14, 6, 0), (-12, 9, 3), (5, -16, -4), (20, 4, 6), (-8, -12, 2))
TOOLS = ("smooth", "grow", "shrink", "seeds", "largest", "holes")
"""The tools that take longest."""


class WindowWork:
    """Scripts for one window on one case.

    Attributes:
        seconds: from asking to the picture, by what was asked.
        memory_mb: of the window's process after each phase: held by it alone, and the most so far.
        scroll_ms: from the time of each notch of the wheel to its picture, by plane.
        surface_ms: from lifting the pen to the new surface in the 3D view.
        click_ms: from each click to the picture with its answer.
    """

    def __init__(self, ct: Path, labels: Path, points: Mapping[str, Point]) -> None:
        """``points`` has a point inside of each structure in the label file."""
        self.seconds: dict[str, float] = {}
        self.memory_mb: dict[str, dict[str, int]] = {}
        self.scroll_ms: dict[str, list[float]] = {}
        self.surface_ms: list[float] = []
        self.click_ms: list[float] = []
        self._ct = ct
        self._labels = labels
        self._points = points

    def scrolling(self, script: WindowScript, notches: int, slabs: Sequence[Slab]) -> Script:
        """Turn the wheel in each plane, with all labels shown."""
        yield from self._opened(script)
        views = _quad_view(script)
        for slab in slabs:
            views.state.set_slab(slab)
            for plane, widget in views.slice_widgets.items():
                views.state.set_cursor(next(iter(self._points.values())))
                yield after_s(QUIET_S)
                name = plane.value if slab.kind is SlabKind.SLICE else f"{plane.value} slab"
                script.begin(name)
                times_ms = self.scroll_ms.setdefault(name, [])
                yield from _scrolled(widget, notches, times_ms)
                script.begin("")

    def opening(self, script: WindowScript) -> Script:
        """Open the CT and its mask, and let the model get ready."""
        yield from self._opened(script)
        self._note_memory("opened")
        yield lambda: script.logic.workbench.segmentation.is_ready
        self._note_memory("ready")

    def working(self, script: WindowScript, clicks: int, strokes: int) -> Script:
        """Click, paint, undo, refine and segment."""
        yield from self.opening(script)
        session, views = _session(script), _quad_view(script)
        bench, actions = script.logic.workbench, script.window.actions_by_key
        script.begin("nothing")
        yield after_s(3.0)
        script.begin("")
        name = next(n for n in bench.model.automatic_structures if n in self._points)
        session.activate(name)
        yield from self._clicked(script, session, name, clicks)
        self._note_memory("clicked")
        yield from self._painted(script, session, views, strokes)
        yield from self._refined(script, session)
        self._note_memory("refined")
        script.begin("automatic")
        self.seconds["automatic"] = yield from timed(
            actions["segment"].trigger, lambda: bench.activities.current is None
        )
        yield from _settled(script)
        script.begin("")
        self._note_memory("automatic")

    def _opened(self, script: WindowScript) -> Script:
        logic, bench = script.logic, script.logic.workbench
        logic.prepare_views()
        yield after_s(QUIET_S)
        shown: list[float] = []
        logic.case_shown.connect(
            lambda: _views(script).case_view.after_picture(_noting_time(shown))
        )
        script.begin("opening the CT")
        self.seconds["open"] = yield from timed(
            lambda: bench.cases.open_path(self._ct), until_any(shown)
        )
        script.begin("")
        yield after_s(QUIET_S)
        opened: list[str] = []
        bench.cases.labels_opened.connect(lambda file_name, _warnings: opened.append(file_name))
        script.begin("opening the labels")
        self.seconds["labels"] = yield from timed(
            lambda: bench.cases.open_labels(self._labels), until_any(opened)
        )
        yield from _settled(script)
        script.begin("")

    def _clicked(
        self, script: WindowScript, session: CaseSession, name: str, clicks: int
    ) -> Script:
        segmentation = script.logic.workbench.segmentation
        case_view = _views(script).case_view
        middle = self._points[name]
        script.begin("clicks")
        for number in range(clicks):
            round_number, place = divmod(number, len(CLICK_OFFSETS_MM))
            offset = CLICK_OFFSETS_MM[place]
            x, y, z = (a + (1 + round_number) * b for a, b in zip(middle, offset, strict=True))
            case_view.views.state.set_cursor((x, y, z))
            started_s, wanted = time.perf_counter(), len(session.clicks) + 1
            segmentation.add_click((x, y, z), is_foreground=number % 3 != 2)
            yield _until_count(session, wanted)
            shown_s: list[float] = []
            case_view.after_picture(_noting_time(shown_s))
            yield until_any(shown_s)
            self.click_ms.append(1000 * (shown_s[0] - started_s))
            yield after_s(0.1)
        yield from _settled(script)
        script.begin("")

    def _painted(
        self, script: WindowScript, session: CaseSession, views: QuadView, strokes: int
    ) -> Script:
        actions = script.window.actions_by_key
        axial = views.slice_widgets[Plane.AXIAL]
        hand = ScriptedHand(axial)
        hand.enter()
        rendered_s: list[float] = []
        views.volume_widget.rendered.connect(_noting_time(rendered_s))
        for number in range(strokes):
            actions["brush" if number % 2 else "eraser"].trigger()  # the organ is under the pen
            center = axial.scene.project(views.state.cursor_lps) or (100.0, 100.0)
            revision = session.revision
            script.begin("painting")
            for kind, at in stroke_around(center, number // 2):
                lifted_s = time.perf_counter()
                rendered_s.clear()
                hand.send(kind, at)
                yield _now
            yield from _settled(script)
            if session.revision == revision:
                continue  # it passed over what is locked
            yield until_any(rendered_s)
            self.surface_ms.append(1000 * (rendered_s[-1] - lifted_s))
            if number % 2:
                script.begin("undo")
                session.undo()
                yield from _settled(script)
        script.begin("")
        hand.leave()

    def _refined(self, script: WindowScript, session: CaseSession) -> Script:
        bench, window = script.logic.workbench, script.window
        window.actions_by_key["refine"].trigger()
        form = window.side.tool_options.refine
        for key in TOOLS:
            form.choose(key)
            yield after_s(QUIET_S)
            script.begin(f"tool: {key}")
            self.seconds[key] = yield from timed(
                form.apply_requested.emit, lambda: not bench.tools.refining.is_busy
            )
            yield from _settled(script)
            script.begin("undo of a tool")
            session.undo()
            yield from _settled(script)
            script.begin("")

    def _note_memory(self, phase: str) -> None:
        process = psutil.Process()
        self.memory_mb[phase] = {
            "own": process.memory_full_info().uss // 2**20,
            "peak": _peak_bytes(process) // 2**20,
        }


def _scrolled(widget: SliceWidget, notches: int, times_ms: list[float]) -> Script:
    """Turn the wheel at a steady pace; a notch that must wait for the loop counts from its due."""
    hand = ScriptedHand(widget)
    hand.enter()
    seen_s: list[float] = []
    connection = widget.rendered.connect(_noting_time(seen_s))
    yield after_s(0.2)
    due_s = time.perf_counter()
    for number in range(notches):
        due_s = max(due_s + NOTCH_S, seen_s[-1] if seen_s else 0.0)
        yield after_s(due_s - time.perf_counter())
        seen_s.clear()
        hand.wheel(-1 if number // TURN_NOTCHES % 2 else 1)
        yield until_any(seen_s)
        times_ms.append(1000 * (seen_s[0] - due_s))
    widget.rendered.disconnect(connection)
    hand.leave()


def _settled(script: WindowScript) -> Script:
    """Wait until nothing is computed and nothing drawn any more."""
    bench, case_view = script.logic.workbench, _views(script).case_view
    yield lambda: bench.activities.current is None and not case_view.is_building
    shown: list[bool] = []
    case_view.after_picture(lambda: shown.append(True))
    yield until_any(shown)


def _noting_time(times_s: list[float]) -> Callable[[], None]:
    return lambda: times_s.append(time.perf_counter())


def _until_count(session: CaseSession, wanted: int) -> Until:
    return lambda: len(session.clicks) >= wanted


def _now() -> bool:
    return True


def _views(script: WindowScript) -> ViewLogic:
    return script.logic.prepare_views()


def _quad_view(script: WindowScript) -> QuadView:
    return _views(script).case_view.views


def _session(script: WindowScript) -> CaseSession:
    session = script.logic.workbench.cases.session
    if session is None:
        raise RuntimeError("the case is open, but there is no session")
    return session


def _peak_bytes(process: psutil.Process) -> int:
    """The most memory that the process ever had."""
    if sys.platform == "win32":
        return int(process.memory_info().peak_wset)
    import resource

    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(kilobytes if sys.platform == "darwin" else 1024 * kilobytes)

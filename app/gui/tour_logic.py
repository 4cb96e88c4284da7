"""The tour: five steps on the sample case, each done by the user with the real controls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from app.controllers.case_session import CaseSession, StepKind
from app.controllers.drawing_options import DrawingTool
from app.gui.main_window import MainWindow
from app.gui.tour_bubble import TourBubble
from app.gui.workbench import Workbench
from imaging.history import Change
from viewer.widgets.translation import tr, tr_sentence


@dataclass(frozen=True, slots=True)
class TourStep:
    """What to do, where; ``text`` may name the active structure as ``{name}``."""

    key: str
    title: str
    text: str
    find_target: Callable[[], QWidget | None]


class TourLogic(QObject):
    """Shows a step until the user has done it, skips it, or leaves."""

    def __init__(
        self, window: MainWindow, workbench: Workbench, axial_view: Callable[[], QWidget | None]
    ) -> None:
        """``axial_view`` finds the axial plane; None before a case is open."""
        super().__init__(window)
        self._window = window
        self._settings = workbench.settings
        self._cases = workbench.cases
        self._actions = window.actions_by_key
        self._axial_view = axial_view
        self._session: CaseSession | None = None
        self._at: int | None = None
        self.bubble: TourBubble | None = None
        """Once there was a tour."""
        self._steps = self._make_steps()
        self._actions["tour"].triggered.connect(lambda: self.start())
        self._actions["foreground"].toggled.connect(lambda _on: self._show())
        workbench.cases.case_opened.connect(self._on_case_opened)
        workbench.segmentation.segmented.connect(lambda _name: self._on_done("segment"))
        workbench.cases.labels_saved.connect(lambda _path: self._on_done("save"))
        workbench.project.versions.saved.connect(lambda _version: self._on_done("save"))

    @property
    def step(self) -> str:
        """The key of the step that is shown; empty while there is no tour."""
        return "" if self._at is None else self._steps[self._at].key

    def start_once(self) -> None:
        """Offer the tour to somebody who never saw it."""
        if not self._settings.settings.has_seen_tour:
            self.start()

    def start(self) -> None:
        """Begin at the first step."""
        store = self._settings
        store.change(store.settings.model_copy(update={"has_seen_tour": True}))
        store.save()
        if self.bubble is None:
            self.bubble = TourBubble(self._window)
            self.bubble.left.connect(self.leave)
            self.bubble.skipped.connect(self._on_skipped)
        self._at = 0
        self._show()

    def skip_to(self, key: str) -> None:
        """Go to a step, whatever was done."""
        self._at = next(at for at, step in enumerate(self._steps) if step.key == key)
        self._show()

    def leave(self) -> None:
        """End it; nothing of the case changes."""
        self._at = None
        if self.bubble is not None:
            self.bubble.close_tour()

    def _make_steps(self) -> tuple[TourStep, ...]:
        window = self._window
        return (
            TourStep(
                "open",
                tr("Open a CT"),
                tr(
                    "Begin with the sample case, a synthetic patient. "
                    "Later, drop your own CT here. What is open now is kept."
                ),
                lambda: window.start_page.sample_button,
            ),
            TourStep(
                "segment",
                tr("Let the model begin"),
                tr(
                    "Press this button: the model segments the {name} by itself. "
                    "Every step can be undone (Ctrl+Z)."
                ),
                lambda: window.side.tools.segment_button,
            ),
            TourStep(
                "click",
                tr("Correct it by a click"),
                tr(
                    "Choose Add (F), then click in a slice where the mask of the {name} is "
                    "missing. With Ctrl held down, a click removes."
                ),
                self._where_to_click,
            ),
            TourStep(
                "brush",
                tr("Paint by hand"),
                tr("Choose Brush (P) and paint in a slice. Shift + wheel changes its size."),
                lambda: self._button_of("brush"),
            ),
            TourStep(
                "save",
                tr("Save the mask"),
                tr(
                    "Press Save (Ctrl+S) and choose a file. It is read back before it counts as "
                    "saved."
                ),
                lambda: self._button_of("save"),
            ),
            TourStep(
                "end",
                tr("That was all"),
                tr(
                    "Help has a guide with pictures, and Find an action (Ctrl+Shift+P) finds the "
                    "rest."
                ),
                lambda: None,
            ),
        )

    def _show(self) -> None:
        if self._at is None or self.bubble is None:
            return
        step, last = self._steps[self._at], len(self._steps) - 1
        session = self._cases.session
        name = session.active.name if session is not None else "organ"
        name = tr_sentence(name)
        self.bubble.show_step(
            step.title,
            step.text.format(name=name),
            tr("{at} of {last}", at=self._at + 1, last=last) if self._at < last else "",
            step.find_target(),
            is_last=self._at == last,
        )
        if step.key == "open":
            self.bubble.next.setText(tr("Open it for me"))

    def _on_skipped(self) -> None:
        if self.step == "open":
            self._actions["open_sample"].trigger()
        elif self.step == "end":
            self.leave()
        else:
            self._on_done(self.step)

    def _on_done(self, key: str) -> None:
        """Go on if that was the step that is shown."""
        if self._at is not None and self.step == key:
            self._at += 1
            # Once the window has shown what the step did: the next control may come with it.
            QTimer.singleShot(0, self, self._show)

    def _on_case_opened(self, session: CaseSession) -> None:
        if self._session is not None:
            self._session.step_taken.disconnect(self._on_step_taken)
        self._session = session
        session.step_taken.connect(self._on_step_taken)
        self._on_done("open")

    def _on_step_taken(self, change: Change, kind: StepKind) -> None:
        if kind is not StepKind.DONE:
            return
        if len(change.clicks_after) > len(change.clicks_before):
            self._on_done("click")
        elif change.name.startswith(f"{DrawingTool.BRUSH.value} "):
            self._on_done("brush")

    def _where_to_click(self) -> QWidget | None:
        """The tool while another one is chosen, then the picture."""
        if self._actions["foreground"].isChecked():
            return self._axial_view()
        return self._button_of("foreground")

    def _button_of(self, action: str) -> QWidget | None:
        """The button in the window that triggers an action."""
        for shown_by in self._actions[action].associatedObjects():
            if isinstance(shown_by, QToolButton) and shown_by.isVisibleTo(self._window):
                return shown_by
        return None

"""Checks, comments and versions of the open case, in a dock beside the views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDockWidget,
    QFrame,
    QLabel,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.controllers.versions_controller import CaseHistory
from app.gui.actions import Actions
from app.gui.case_line import when_text
from app.gui.cases_dock import MIN_WIDTH_PX, WIDTH_PX
from app.gui.look_actions import COMPARE_ACTIONS
from app.gui.section import Section, rule
from app.gui.sentence_list import Sentence, SentenceList
from app.gui.versions_panel import NO_CASE, VersionsPanel
from training.cases.records import ReviewAction, ReviewEvent
from viewer.widgets.translation import tr, tr_sentence

if TYPE_CHECKING:
    from training.cases.quality_checks import Finding  # loads scipy, which a start can do without

_SEVERITY_ICONS = {
    "note": ("information-outline", "accent"),
    "warning": ("alert-outline", "warning"),
    "error": ("alert-circle-outline", "excluded"),
}
"""By the value of the finding's ``Severity``."""

_EVENT_ICONS = {
    ReviewAction.STARTED: ("pencil-outline", "muted"),
    ReviewAction.SUBMITTED: ("send-outline", "warning"),
    ReviewAction.APPROVED: ("check-decagram-outline", "approved"),
    ReviewAction.RETURNED: ("undo-variant", "warning"),
    ReviewAction.REOPENED: ("restore", "accent"),
    ReviewAction.EXCLUDED: ("cancel", "excluded"),
    ReviewAction.FLAGGED: ("flag", "warning"),
    ReviewAction.UNFLAGGED: ("flag-outline", "muted"),
    ReviewAction.COMMENTED: ("comment-text-outline", "accent"),
}


class ReviewDock(QDockWidget):
    """Three sections that scroll together; ``show_me`` says where the user wants to look."""

    show_me = Signal(object)
    """The ``Sentence`` whose place is wanted."""

    def __init__(self, actions: Actions) -> None:
        super().__init__(tr("Review"))
        self.setObjectName("reviewDock")
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetMovable
        )
        self.setAllowedAreas(
            Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea
        )
        self.versions = VersionsPanel()
        self.versions.add_looks(actions[spec.key] for spec in COMPARE_ACTIONS)
        self.checks = SentenceList()
        self.events = SentenceList()
        self._checks_state = _muted("")
        self._events_state = _muted("")
        self._case_id: int | None = None
        self._findings: tuple[Finding, ...] | None = None
        self._was_checked = False
        contents = QWidget()
        contents.setObjectName("panelContents")
        column = QVBoxLayout(contents)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(
            _section(tr("Checks"), self._checks_state, self.checks, actions, "check_case")
        )
        column.addWidget(rule())
        column.addWidget(
            _section(
                tr("Comments and events"), self._events_state, self.events, actions, "comment_case"
            )
        )
        column.addWidget(rule())
        column.addWidget(self.versions)
        column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(contents)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(MIN_WIDTH_PX)
        self.setWidget(scroll)
        self.setTitleBarWidget(QWidget())  # its tab says what it is
        self.show_history(None, None, may_write=False)
        for sentences in (self.checks, self.events):
            sentences.shown.connect(self.show_me)

    @property
    def checks_state(self) -> str:
        """What is said in place of findings; empty where there are some."""
        return self._checks_state.text()

    def show_findings(self, findings: tuple[Finding, ...] | None) -> None:
        """Show what a check found; None where the mask was not checked since it changed."""
        self._findings = findings
        self._was_checked |= findings is not None
        self._show_checks_state()
        self.checks.show_sentences(_finding_sentence(finding) for finding in findings or ())

    def show_history(
        self, history: CaseHistory | None, version_id: int | None, *, may_write: bool
    ) -> None:
        """Show what was said and done, newest first, and the versions."""
        case_id = history.case_id if history else None
        if case_id != self._case_id:
            self._case_id = case_id
            self._was_checked = self._findings is not None
        self._show_checks_state()
        events = history.events if history else ()
        self._events_state.setText(tr("Nothing was said or done yet.") if history else tr(NO_CASE))
        self._events_state.setVisible(not events)
        self.events.show_sentences(
            _event_sentence(event, history) for event in reversed(events) if history
        )
        self.versions.show_history(history, version_id, may_write=may_write)

    def reveal(self, *widgets: QWidget) -> None:
        """Bring the dock to the front, and parts of it into sight; the first one in any case."""
        self.show()
        self.raise_()

        def scroll() -> None:
            for widget in reversed(widgets):
                self._scroll.ensureWidgetVisible(widget)

        QTimer.singleShot(0, scroll)

    def _show_checks_state(self) -> None:
        state = ""
        if self._findings is None:
            state = self._why_not_checked()
        elif not self._findings:
            state = tr("Nothing unusual was found.")
        self._checks_state.setText(state)
        self._checks_state.setVisible(bool(state))

    def _why_not_checked(self) -> str:
        if self._case_id is None:
            return tr(NO_CASE)
        if self._was_checked:
            return tr("Not checked since the last change.")
        return tr("Not checked yet.")

    def sizeHint(self) -> QSize:
        """As wide as the list of cases, which it shares its place with."""
        return QSize(WIDTH_PX, super().sizeHint().height())


def _section(
    title: str, state: QLabel, sentences: SentenceList, actions: Actions, key: str
) -> Section:
    section = Section(title)
    button = QToolButton()
    button.setDefaultAction(actions[key])
    button.setIconSize(QSize(16, 16))
    section.header.addWidget(button)
    section.contents.addWidget(state)
    section.contents.addWidget(sentences)
    return section


def _muted(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("muted")
    label.setWordWrap(True)
    return label


def _finding_sentence(finding: Finding) -> Sentence:
    icon_name, color = _SEVERITY_ICONS[finding.severity]
    return Sentence(
        tr_sentence(finding.sentence),
        icon_name,
        color,
        point_lps=finding.point_lps,
        structure=finding.structure,
    )


def _event_sentence(event: ReviewEvent, history: CaseHistory) -> Sentence:
    icon_name, color = _EVENT_ICONS[event.action]
    number = history.number_of(event.version_id)
    version = " · " + tr("version {number}", number=number) if number else ""
    word = tr_sentence(event.action.value)
    word = word[0].upper() + word[1:]
    return Sentence(
        f"{word}: {event.comment}" if event.comment else f"{word}.",
        icon_name,
        color,
        detail=f"{event.author}, {when_text(event.created_at)}{version}",
        point_lps=event.point_lps,
        structure=event.structure,
    )

"""Connects the window with the review of the open case: versions, checks, comments, status."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QObject

from app.controllers.case_opener import OpenCase
from app.controllers.versions_controller import Comparison
from app.gui.main_window import MainWindow
from app.gui.project_possible import show_possible_project_actions
from app.gui.sentence_dialog import ask_sentence
from app.gui.sentence_list import Sentence
from app.gui.version_texts import comparison_titles
from app.gui.workbench import Workbench
from training.cases.records import LabelVersion, ReviewAction
from viewer.widgets.translation import tr, tr_sentence

if TYPE_CHECKING:
    from app.gui.view_logic import ViewLogic
    from training.cases.quality_checks import Finding

MIN_LOOK_MS = 1000
"""After an approval the next case opens by itself; it cannot be approved sooner than this."""


class ReviewLogic(QObject):
    """What the user does with the open case as a whole."""

    def __init__(
        self,
        window: MainWindow,
        workbench: Workbench,
        views: Callable[[], ViewLogic | None],
        open_next: Callable[[], object],
    ) -> None:
        """``views`` are made when the first case opens; ``open_next`` goes on after approval."""
        super().__init__(window)
        self._window = window
        self._workbench = workbench
        self._bench = workbench.project
        self._review = workbench.project.review
        self._versions = workbench.project.versions
        self._opener = workbench.project.opener
        self._views = views
        self._open_next = open_next
        self._greeted_id: int | None = None
        self._since_approval = QElapsedTimer()
        self._connect_actions()
        self._connect_docks()
        self._connect_controllers()
        self.update_actions()

    def update_actions(self) -> None:
        """Enable what is possible now, and say where the open case stands."""
        show_possible_project_actions(self._window.actions_by_key, self._bench)
        self._show_bar()

    # Connections

    def _connect_actions(self) -> None:
        handlers: dict[str, Callable[[], object]] = {
            "submit_case": self._review.submit,
            "approve_case": self._approve,
            "return_case": self._send_back,
            "comment_case": self._comment,
            "flag_case": self._flag,
            "exclude_case": lambda: self._with_open_case(self._exclude),
            "reopen_case": lambda: self._with_open_case(self._review.reopen),
            "check_case": self._check,
        }
        for key, handler in handlers.items():
            action = self._window.actions_by_key[key]
            action.triggered.connect(lambda _checked=False, handler=handler: handler())

    def _connect_docks(self) -> None:
        dock = self._window.review
        dock.show_me.connect(self._show_me)
        dock.versions.compare_requested.connect(self._versions.compare)
        dock.versions.go_back_requested.connect(self._versions.go_back)
        dock.versions.comparison_closed.connect(self._close_comparison)
        self._window.cases.exclude_requested.connect(self._exclude)

    def _connect_controllers(self) -> None:
        banner = self._window.banner
        for controller in (self._review, self._versions):
            controller.failed.connect(banner.show_error)
            controller.noticed.connect(banner.show_notice)
        self._review.done.connect(banner.show_done)
        self._review.approved.connect(self._on_approved)
        self._review.findings_changed.connect(self._on_findings)
        self._review.reason_wanted.connect(self._ask_reason)
        self._versions.saved.connect(self._on_saved)
        self._versions.history_changed.connect(self._on_history)
        self._versions.compared.connect(self._on_compared)
        self._opener.case_opened.connect(self._on_case_opened)
        self._bench.projects.project_opened.connect(self.update_actions)
        self._bench.projects.listed.connect(self.update_actions)
        self._bench.projects.project_closed.connect(self.update_actions)
        self._workbench.activities.changed.connect(self.update_actions)

    def _on_case_opened(self, opened: OpenCase) -> None:
        opened.session.history_changed.connect(self.update_actions)
        opened.session.step_taken.connect(self._close_comparison_after_step)
        self._window.review.versions.show_comparison(None)
        self._greeted_id = None
        self.update_actions()

    # What the user asks for

    def _approve(self) -> None:
        """Approve what was looked at: a second press meant the case before."""
        if self._since_approval.isValid() and self._since_approval.elapsed() < MIN_LOOK_MS:
            return
        self._review.approve(then=self._open_next)

    def _ask_reason(self, findings: tuple[Finding, ...]) -> None:
        self._show_review()
        sentences = "\n".join(f"•  {tr_sentence(finding.sentence)}" for finding in findings)
        reason = ask_sentence(
            self._window,
            tr("Approve nevertheless?"),
            tr("The check found what a reviewer should see. Why is the mask right all the same?"),
            tr("Approve"),
            sentences,
        )
        if reason is not None:
            self._review.approve(reason, then=self._open_next)

    def _send_back(self) -> None:
        self._ask_comment(
            tr("Return the case"),
            tr("What should be mended?"),
            tr("Return"),
            self._review.send_back,
        )

    def _comment(self) -> None:
        self._ask_comment(
            tr("Comment"), tr("What is there to say?"), tr("Comment"), self._review.comment
        )

    def _ask_comment(
        self,
        title: str,
        question: str,
        do_text: str,
        act: Callable[[str, tuple[float, float, float], str], None],
    ) -> None:
        views, opened = self._views(), self._opener.opened
        if views is None or opened is None:
            return
        point_lps, name = views.cursor_lps, opened.session.active.name
        detail = tr(
            "The comment is about the {name} and points at the crosshair.", name=tr_sentence(name)
        )
        comment = ask_sentence(self._window, title, question, do_text, detail)
        if comment is not None:
            act(comment, point_lps, name)

    def _flag(self) -> None:
        record = self._opener.record
        if record is not None:
            self._review.set_flagged(record.id, not record.is_flagged)

    def _exclude(self, case_id: int) -> None:
        record = self._bench.projects.record_of(case_id) or self._opener.record
        name = record.name if record else tr("this case")
        reason = ask_sentence(
            self._window,
            tr("Exclude the case"),
            tr("Why is {name} left out?", name=name),
            tr("Exclude"),
            tr("Its versions stay, and it can be reopened."),
        )
        if reason is not None:
            self._review.exclude(case_id, reason)

    def _check(self) -> None:
        self._show_review()
        self._review.check()

    def _show_me(self, sentence: Sentence) -> None:
        views, session = self._views(), self._workbench.cases.session
        if views is None or session is None or sentence.point_lps is None:
            return
        if sentence.structure is not None:
            session.activate(sentence.structure)
        views.go_to(sentence.point_lps)

    def _with_open_case(self, act: Callable[[int], object]) -> None:
        if self._opener.opened is not None:
            act(self._opener.opened.case_id)

    # What came of it

    def _on_saved(self, version: LabelVersion) -> None:
        self._window.banner.show_done(
            tr(
                "{name} is saved, as version {number}.",
                name=self._name_of(version),
                number=version.number,
            )
        )

    def _on_approved(self, version: LabelVersion) -> None:
        self._since_approval.start()
        self._window.banner.show_done(
            tr(
                "{name} is approved, as version {number}.",
                name=self._name_of(version),
                number=version.number,
            )
        )

    def _name_of(self, version: LabelVersion) -> str:
        """The name of a version's case: another one may be open when the message is read."""
        projects = self._bench.projects
        record = projects.record_of(version.case_id) or projects.listing.open_record
        is_known = record is not None and record.id == version.case_id
        return record.name if record is not None and is_known else tr("The case")

    def _on_findings(self) -> None:
        self._window.review.show_findings(self._review.findings)

    def _on_history(self) -> None:
        opened = self._opener.opened
        self._window.review.show_history(
            self._versions.history,
            opened.version_id if opened else None,
            may_write=self._versions.why_not_save is None,
        )
        self._say_why_it_was_returned()
        self.update_actions()

    def _say_why_it_was_returned(self) -> None:
        """Whoever opens a returned case reads first what should be mended."""
        history = self._versions.history
        case_id = history.case_id if history else None
        if history is None or case_id == self._greeted_id:
            return
        self._greeted_id = case_id
        last = history.events[-1] if history.events else None
        if last is not None and last.action is ReviewAction.RETURNED:
            self._window.banner.show_notice(
                tr(
                    "Returned by {author}: {comment} The Review tab shows the place.",
                    author=last.author,
                    comment=last.comment,
                )
            )

    def _on_compared(self, comparison: Comparison) -> None:
        review = self._window.review
        review.versions.show_comparison(comparison)
        review.reveal(*review.versions.comparison_widgets)
        views = self._views()
        if views is not None:
            if comparison.point_lps is not None:
                views.go_to(comparison.point_lps)  # first: a wipe begins at the crosshair
            views.case_view.show_comparison(
                comparison.before, comparison.after, comparison_titles(comparison)
            )

    def _close_comparison(self) -> None:
        self._window.review.versions.show_comparison(None)
        views = self._views()
        if views is not None:
            views.case_view.end_comparison()

    def _close_comparison_after_step(self, *_step: object) -> None:
        self._close_comparison()

    def _show_review(self) -> None:
        self._window.review.show()
        self._window.review.raise_()

    def _show_bar(self) -> None:
        record, opened = self._opener.record, self._opener.opened
        self._window.review_bar.setVisible(opened is not None and self._window.shows_views)
        if record is not None and opened is not None:
            self._window.review_bar.show_record(
                record,
                is_modified=opened.session.is_modified,
                is_behind=self._versions.is_behind,
                base_number=self._versions.base_number,
            )

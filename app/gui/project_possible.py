"""Enables the actions on projects and cases that are possible now; the others say why not."""

from __future__ import annotations

from app.controllers.project_bench import ProjectBench
from app.gui.actions import Actions
from app.gui.project_actions import PROJECT_ACTIONS
from training.cases.records import CaseRecord, CaseStatus
from viewer.widgets.translation import tr, tr_sentence

PROJECT_KEYS = frozenset(spec.key for spec in PROJECT_ACTIONS)

_ALWAYS = frozenset({"new_project", "open_project"})
_WRITING = ("add_folder", "add_files", "add_data_set")
_REVIEW = (
    "submit_case",
    "approve_case",
    "return_case",
    "comment_case",
    "flag_case",
    "exclude_case",
    "reopen_case",
)
_CLOSED = (CaseStatus.APPROVED, CaseStatus.EXCLUDED)


def show_possible_project_actions(actions: Actions, bench: ProjectBench) -> None:
    """Go through all actions on projects."""
    why_not = reasons(bench)
    for key in PROJECT_KEYS - _ALWAYS:
        reason = why_not.get(key)
        actions.set_possible(key, reason is None, reason or "")
    record = bench.opener.record
    actions["flag_case"].setChecked(record is not None and record.is_flagged)


def reasons(bench: ProjectBench) -> dict[str, str]:
    """Why actions are impossible, by key; what is possible is not in it."""
    projects = bench.projects
    if projects.project is None:
        return dict.fromkeys(PROJECT_KEYS - _ALWAYS, tr("Open a project first."))
    found: dict[str, str] = {}
    if not projects.listing.undone_count:
        found |= dict.fromkeys(("next_undone", "previous_undone"), tr("All cases are done."))
    if not projects.listing.case_count:
        found["export"] = tr("The project has no cases yet.")
    elif bench.exporting.is_busy:
        found["export"] = tr("An export is running.")
    if not projects.listing.count_of(CaseStatus.NEW):
        found["segment_new_cases"] = tr("No case is new.")
    elif bench.segmenting.is_busy:
        found["segment_new_cases"] = tr("New cases are being segmented already.")
    record = bench.opener.record
    if bench.opener.opened is None:
        found |= dict.fromkeys((*_REVIEW, "check_case"), tr("Open a case of the project first."))
    elif record is not None:
        found |= _about_case(record, bench)
    if not projects.may_write:
        read_only = tr("The project is read-only in this window.")
        found |= dict.fromkeys(
            (*_WRITING, *_REVIEW, "segment_new_cases", "project_settings"), read_only
        )
    elif bench.adding.is_busy:
        found |= dict.fromkeys(_WRITING, tr("Cases are being added already."))
    return found


def _about_case(record: CaseRecord, bench: ProjectBench) -> dict[str, str]:
    opened = bench.opener.opened
    assert opened is not None
    found: dict[str, str] = {}
    is_empty = not record.version_count and not opened.session.is_modified
    status = record.status.value
    if not record.status.is_undone:
        found["submit_case"] = tr("The case is {status} already.", status=tr_sentence(status))
    elif is_empty:
        found["submit_case"] = tr("There is nothing to review yet.")
    history = bench.versions.history
    if record.status in _CLOSED:
        found["approve_case"] = tr("The case is {status}.", status=tr_sentence(status))
    elif is_empty:
        found["approve_case"] = tr("There is nothing to approve yet.")
    elif history is not None and history.why_not_approve:
        found["approve_case"] = history.why_not_approve
    if record.status is not CaseStatus.IN_REVIEW:
        found["return_case"] = tr("Only a case in review can be returned.")
    if record.status is CaseStatus.EXCLUDED:
        found["exclude_case"] = tr("The case is excluded already.")
    if record.status.is_undone:
        found["reopen_case"] = tr(
            "The case is {status}: work on it as it is.", status=tr_sentence(status)
        )
    return found

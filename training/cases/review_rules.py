"""Which step of a review a case allows, and to whom; a refusal says what to do instead."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from imaging.errors import CaseError
from training.cases.case_rows import case_row
from training.cases.records import CaseStatus, ReviewAction, VersionKind
from training.cases.settings_rows import read_settings

OPEN = (CaseStatus.NEW, CaseStatus.IN_PROGRESS)

_ADVICE = {
    CaseStatus.NEW: "Segment it first.",
    CaseStatus.IN_PROGRESS: "Submit it first.",
    CaseStatus.IN_REVIEW: "Approve it or return it first.",
    CaseStatus.APPROVED: "Reopen it first.",
    CaseStatus.EXCLUDED: "Reopen it first.",
}


def require_status(case: sqlite3.Row, allowed: Iterable[CaseStatus], done: str) -> None:
    """Refuse what the case's status does not allow; ``done`` completes "cannot be ..."."""
    status = CaseStatus(case["status"])
    if status in allowed:
        return
    is_done = status == done or (status is CaseStatus.IN_REVIEW and done == "submitted")
    if is_done:
        raise CaseError(f'"{case["name"]}" is {status} already.')
    if done == "reopened":
        raise CaseError(f'"{case["name"]}" is {status}, so it is open already.')
    raise CaseError(f'"{case["name"]}" is {status} and cannot be {done}. {_ADVICE[status]}')


def require_version(case: sqlite3.Row, verb: str) -> None:
    """Refuse a case without labels."""
    if case["version_id"] is None:
        raise CaseError(
            f'"{case["name"]}" has no saved labels, so there is nothing to {verb}. Segment it and '
            "save first."
        )


def required_text(text: str, sentence: str) -> str:
    """The text without blanks around it; refuses an empty one."""
    if not text.strip():
        raise CaseError(sentence)
    return text.strip()


def approvable_case(connection: sqlite3.Connection, case_id: int, reviewer: str) -> sqlite3.Row:
    """The case, if this reviewer may approve it now.

    Raises:
        CaseError: why not.
    """
    case = case_row(connection, case_id)
    require_status(case, (*OPEN, CaseStatus.IN_REVIEW), "approved")
    if not read_settings(connection).reviewer_must_differ:
        return case
    if case["status"] != CaseStatus.IN_REVIEW:
        raise CaseError(f'In this project a second person approves. Submit "{case["name"]}" first.')
    if reviewer.casefold() in _authors(connection, case_id):
        raise CaseError(
            f'{reviewer} worked on "{case["name"]}", and in this project somebody else must '
            "approve it. Ask a colleague to review it."
        )
    return case


def _authors(connection: sqlite3.Connection, case_id: int) -> frozenset[str]:
    """Who drew or submitted a case, folded; what a reviewer mends during a review is no drawing."""
    authors = set()
    is_in_review = False
    for row in connection.execute(
        """SELECT chain_position, author, action, NULL AS kind, status_after FROM reviews
        WHERE case_id = :case
        UNION ALL SELECT chain_position, author, NULL, kind, NULL FROM versions
        WHERE case_id = :case ORDER BY chain_position""",
        {"case": case_id},
    ):
        if row["status_after"] is not None:
            is_in_review = row["status_after"] == CaseStatus.IN_REVIEW
        is_drawing = row["kind"] == VersionKind.INTERIM and not is_in_review
        if is_drawing or row["action"] == ReviewAction.SUBMITTED:
            authors.add(str(row["author"]).casefold())
    return frozenset(authors)

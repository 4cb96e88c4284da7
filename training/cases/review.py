"""Who may do what with a case, and when: submit, approve, send back, exclude, reopen, flag."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from imaging.errors import CaseError
from training.cases.case_rows import Stamp, case_row
from training.cases.database import Database
from training.cases.label_versions import LabelVersions
from training.cases.provenance import Provenance
from training.cases.records import (
    CaseStatus,
    LabelDraft,
    LabelVersion,
    ReviewAction,
    ReviewEvent,
    VersionKind,
)
from training.cases.review_rules import (
    OPEN,
    approvable_case,
    require_status,
    require_version,
    required_text,
)
from training.cases.version_rows import event_from_row, insert_event, insert_version

Point = tuple[float, float, float]
"""A place in the patient, LPS mm."""


class Review:
    """Moves cases from status to status and writes down who did; any thread may call it.

    What makes no sense is refused with a ``CaseError``, whose sentence says what to do instead.
    """

    def __init__(
        self, database: Database, versions: LabelVersions, stamp: Callable[[], Stamp]
    ) -> None:
        self._database = database
        self._versions = versions
        self._stamp = stamp

    def start(self, case_id: int) -> ReviewEvent:
        """Say that work on a new case has begun; saving an interim version says so as well."""
        with self._database.write() as connection:
            require_status(case_row(connection, case_id), (CaseStatus.NEW,), "started")
            return insert_event(
                connection, self._stamp(), case_id, ReviewAction.STARTED, CaseStatus.IN_PROGRESS
            )

    def submit(self, case_id: int, comment: str = "", *, seen_id: int | None = None) -> ReviewEvent:
        """Hand the newest version to a reviewer; ``seen_id`` is as for ``approve``."""
        with self._database.write() as connection:
            case = case_row(connection, case_id)
            require_status(case, OPEN, "submitted")
            require_version(case, "submit")
            if seen_id is not None:
                _require_newest(case, seen_id)
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                ReviewAction.SUBMITTED,
                CaseStatus.IN_REVIEW,
                comment=comment.strip(),
            )

    def send_back(
        self,
        case_id: int,
        comment: str,
        *,
        point_lps: Point | None = None,
        structure: str | None = None,
    ) -> ReviewEvent:
        """Return a case to its author, saying what to mend, and where in the patient."""
        comment = required_text(comment, "Say what should be mended when you return a case.")
        with self._database.write() as connection:
            require_status(case_row(connection, case_id), (CaseStatus.IN_REVIEW,), "returned")
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                ReviewAction.RETURNED,
                CaseStatus.IN_PROGRESS,
                comment=comment,
                point_lps=point_lps,
                structure=structure,
            )

    def approve(
        self,
        case_id: int,
        draft: LabelDraft | None = None,
        *,
        comment: str = "",
        seen_id: int | None = None,
    ) -> LabelVersion:
        """Approve a draft, or without one the newest version as it is: whole or not at all.

        ``seen_id`` is the newest version that the reviewer knows of; None where nobody looked.

        Raises:
            CaseError: this user may not approve it, there is nothing to approve, or there is a
                newer version than the reviewer knows of.
            GeometryMismatchError: the draft does not lie on the CT's grid.
            WriteError: the labels could not be written; nothing has changed.
            UnreadableFileError: the newest version's file is gone or has changed.
        """
        self._database.require_writable()
        author = self._stamp().author
        with self._database.read() as connection:
            case = approvable_case(connection, case_id, author)
            if draft is None:
                require_version(case, "approve")
            newest_id = case["version_id"] if seen_id is None else seen_id
            _require_newest(case, newest_id)
        if draft is not None:
            kept = self._versions.keep(case_id, draft)
            parent_id, provenance, note = draft.parent_id, draft.provenance, draft.note
        else:
            newest = self._versions.get(newest_id)
            kept = self._versions.kept(newest.id)
            parent_id, note = newest.id, ""
            provenance = Provenance(newest.provenance.model, newest.provenance.engine)
        with self._database.write() as connection:
            case = approvable_case(connection, case_id, author)
            if draft is None or seen_id is not None:
                _require_newest(case, newest_id)
            stamp = self._stamp()
            version = insert_version(
                connection,
                stamp,
                case_id,
                VersionKind.APPROVED,
                kept,
                parent_id=parent_id,
                provenance=provenance,
                note=note,
            )
            insert_event(
                connection,
                stamp,
                case_id,
                ReviewAction.APPROVED,
                CaseStatus.APPROVED,
                comment=comment.strip(),
            )
        return version

    def comment(
        self,
        case_id: int,
        comment: str,
        *,
        point_lps: Point | None = None,
        structure: str | None = None,
    ) -> ReviewEvent:
        """Say something about a case, or a place in it, without changing its status."""
        comment = required_text(comment, "Type the comment first.")
        with self._database.write() as connection:
            status = CaseStatus(case_row(connection, case_id)["status"])
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                ReviewAction.COMMENTED,
                status,
                comment=comment,
                point_lps=point_lps,
                structure=structure,
            )

    def flag(self, case_id: int, comment: str = "") -> ReviewEvent:
        """Mark a case so that it can be found again."""
        return self._set_flag(case_id, ReviewAction.FLAGGED, comment)

    def unflag(self, case_id: int, comment: str = "") -> ReviewEvent:
        """Take the mark away."""
        return self._set_flag(case_id, ReviewAction.UNFLAGGED, comment)

    def exclude(self, case_id: int, reason: str) -> ReviewEvent:
        """Leave a case out of everything, keeping all of its work."""
        reason = required_text(reason, "Say why the case is excluded.")
        with self._database.write() as connection:
            case = case_row(connection, case_id)
            others = tuple(status for status in CaseStatus if status is not CaseStatus.EXCLUDED)
            require_status(case, others, "excluded")
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                ReviewAction.EXCLUDED,
                CaseStatus.EXCLUDED,
                comment=reason,
                status_reason=reason,
                status_before=case["status"],
            )

    def reopen(self, case_id: int, comment: str = "") -> ReviewEvent:
        """Go on with an approved or submitted case; an excluded one gets its old status back."""
        closed = (CaseStatus.APPROVED, CaseStatus.IN_REVIEW, CaseStatus.EXCLUDED)
        with self._database.write() as connection:
            case = case_row(connection, case_id)
            require_status(case, closed, "reopened")
            is_excluded = case["status"] == CaseStatus.EXCLUDED
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                ReviewAction.REOPENED,
                CaseStatus(case["status_before"]) if is_excluded else CaseStatus.IN_PROGRESS,
                comment=comment.strip(),
                status_reason="",
                status_before=None,
            )

    def events(self, case_id: int) -> tuple[ReviewEvent, ...]:
        """What was done and said about a case, oldest first."""
        with self._database.read() as connection:
            case_row(connection, case_id)
            rows = connection.execute(
                "SELECT * FROM reviews WHERE case_id = ? ORDER BY id", (case_id,)
            ).fetchall()
        return tuple(event_from_row(row) for row in rows)

    def reason_not_to_approve(self, case_id: int) -> str | None:
        """Why this user cannot approve the case now, as a sentence; None if they can."""
        if self._database.read_only_reason is not None:
            return self._database.read_only_reason
        try:
            with self._database.read() as connection:
                approvable_case(connection, case_id, self._stamp().author)
        except CaseError as error:
            return str(error)
        return None

    def _set_flag(self, case_id: int, action: ReviewAction, comment: str) -> ReviewEvent:
        is_flagged = action is ReviewAction.FLAGGED
        with self._database.write() as connection:
            case = case_row(connection, case_id)
            if bool(case["is_flagged"]) == is_flagged:
                state = "flagged already" if is_flagged else "not flagged"
                raise CaseError(f'"{case["name"]}" is {state}.')
            return insert_event(
                connection,
                self._stamp(),
                case_id,
                action,
                CaseStatus(case["status"]),
                comment=comment.strip(),
                is_flagged=int(is_flagged),
            )


def _require_newest(case: sqlite3.Row, version_id: int | None) -> None:
    """Refuse to go on with what nobody has looked at."""
    if case["version_id"] != version_id:
        raise CaseError(f'"{case["name"]}" was saved again meanwhile. Look at it, then go on.')

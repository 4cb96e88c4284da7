"""The queue of jobs in a project's data base; every change is a transaction.

The queue has its own connection and does not need the project's writing lock: the window keeps
the project open while a worker reports. Only the holder of the worker's lock may call ``claim``.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import TypeAdapter, ValidationError

from imaging.errors import JobError, ProjectError
from training.cases.database import Database
from training.cases.file_lock import login_name
from training.cases.project import DATABASE, Project, check_is_project, utc_now
from training.cases.schema import MIGRATIONS, checked_version
from training.jobs.job import FineTuneSettings, Job, JobProgress, JobState, JobWish
from training.promotion import PromotionDecision

MOST_DEATHS = 10
"""A job whose worker died this often without getting on is given up."""

_SETTINGS = TypeAdapter(FineTuneSettings)
_PROGRESS = TypeAdapter(JobProgress)
_DECISION = TypeAdapter(PromotionDecision)


class JobQueue:
    """Takes jobs in, hands them out, and remembers what became of them; any thread may call it."""

    def __init__(self, database: Database, author: str, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._author = author
        self._clock = clock

    @classmethod
    def open(
        cls, folder: Path, *, author: str | None = None, clock: Callable[[], datetime] = utc_now
    ) -> JobQueue:
        """The queue of the project in a folder, whoever has the project open.

        Raises:
            ProjectError: it is no project, cannot be written, or is too old or too new.
        """
        _renew(folder)
        database = Database.for_writing(
            folder / DATABASE, lambda connection: checked_version(connection, MIGRATIONS)
        )
        return cls(database, (author or "").strip() or login_name(), clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; the jobs stay."""
        self._database.close()

    def submit(self, settings: FineTuneSettings) -> Job:
        """Put a job at the end of the queue."""
        with self._database.write() as connection:
            cursor = connection.execute(
                "INSERT INTO jobs (state, wish, settings, progress, author, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    JobState.QUEUED,
                    JobWish.NONE,
                    _SETTINGS.dump_json(settings).decode(),
                    _PROGRESS.dump_json(JobProgress()).decode(),
                    self._author,
                    self._now(),
                ),
            )
            return _job(_row(connection, int(cursor.lastrowid or 0)))

    def get(self, job_id: int) -> Job:
        """A job by its number.

        Raises:
            JobError: there is none.
        """
        with self._database.read() as connection:
            return _job(_row(connection, job_id))

    def listed(self) -> tuple[Job, ...]:
        """All jobs, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute("SELECT * FROM jobs ORDER BY id DESC").fetchall()
        return tuple(_job(row) for row in rows)

    def claim(self, worker: str) -> Job | None:
        """The job to work on now, as running; None if there is nothing to do.

        One that was running when its worker died comes first, then the oldest in the queue.
        """
        self.settle()
        with self._database.write() as connection:
            row = connection.execute(
                "SELECT * FROM jobs WHERE state IN (?, ?) ORDER BY state = ? DESC, id LIMIT 1",
                (JobState.RUNNING, JobState.QUEUED, JobState.RUNNING),
            ).fetchone()
            if row is None:
                return None
            now = self._now()
            died = int(row["state"] == JobState.RUNNING)
            connection.execute(
                "UPDATE jobs SET state = ?, wish = ?, worker = ?, heartbeat_at = ?, message = '', "
                "started_at = coalesce(started_at, ?), deaths = deaths + ? WHERE id = ?",
                (JobState.RUNNING, JobWish.NONE, worker, now, now, died, row["id"]),
            )
            return _job(_row(connection, row["id"]))

    def settle(self) -> None:
        """Close what nobody works on any more; call it only with the worker's lock.

        A job that should stop when its worker died is stopped, and one that killed its worker
        again and again is given up.
        """
        with self._database.write() as connection:
            for wish, state in (
                (JobWish.CANCEL, JobState.CANCELLED),
                (JobWish.PAUSE, JobState.PAUSED),
            ):
                connection.execute(
                    "UPDATE jobs SET state = ?, wish = '', finished_at = ? "
                    "WHERE state = ? AND wish = ?",
                    (state, self._now(), JobState.RUNNING, wish),
                )
            connection.execute(
                "UPDATE jobs SET state = ?, message = ?, finished_at = ? "
                "WHERE state = ? AND deaths >= ?",
                (JobState.FAILED, _DIED, self._now(), JobState.RUNNING, MOST_DEATHS),
            )

    def beat(self, job_id: int) -> JobWish:
        """Show that the worker lives; returns what somebody wants of the job."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET heartbeat_at = ? WHERE id = ?", (self._now(), job_id)
            )
            return JobWish(_row(connection, job_id)["wish"])

    def report(self, job_id: int, progress: JobProgress, *, got_on: bool = False) -> None:
        """Say how far a job is; ``got_on`` after an epoch, whose checkpoint is on the disk."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET progress = ?, deaths = CASE WHEN ? THEN 0 ELSE deaths END "
                "WHERE id = ?",
                (_PROGRESS.dump_json(progress).decode(), got_on, job_id),
            )

    def set_version(self, job_id: int, version: str) -> None:
        """Note the number of the candidate that the job made."""
        with self._database.write() as connection:
            connection.execute("UPDATE jobs SET version = ? WHERE id = ?", (version, job_id))

    def leave(
        self,
        job_id: int,
        state: JobState,
        message: str,
        decision: PromotionDecision | None = None,
    ) -> Job:
        """Let go of a job, in the state that it shall have from now on."""
        with self._database.write() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, wish = '', message = ?, finished_at = ?, "
                "decision = coalesce(?, decision) WHERE id = ?",
                (
                    state,
                    message,
                    self._now(),
                    _DECISION.dump_json(decision).decode() if decision else None,
                    job_id,
                ),
            )
            return _job(_row(connection, job_id))

    def wish(self, job_id: int, wish: JobWish) -> Job:
        """Ask a job to pause or to stop; one that waits does so at once.

        Raises:
            JobError: it is over, or waits already.
        """
        verb, state = _STOPS[wish]
        with self._database.write() as connection:
            job = _job(_row(connection, job_id))
            if job.state is JobState.RUNNING:
                connection.execute("UPDATE jobs SET wish = ? WHERE id = ?", (wish, job_id))
            elif job.state is JobState.QUEUED or (
                job.state is JobState.PAUSED and wish is JobWish.CANCEL
            ):
                connection.execute(
                    "UPDATE jobs SET state = ?, finished_at = ? WHERE id = ?",
                    (state, self._now(), job_id),
                )
            else:
                raise JobError(f"Job {job_id} is {job.state}, so it cannot be {verb}.")
            return _job(_row(connection, job_id))

    def resume(self, job_id: int) -> Job:
        """Put a job into the queue again, to go on from its last checkpoint.

        Raises:
            JobError: it runs, waits, or is over.
        """
        with self._database.write() as connection:
            job = _job(_row(connection, job_id))
            if not job.state.can_be_resumed:
                advice = "" if job.state.is_open else " Start a new one."
                raise JobError(f"Job {job_id} is {job.state}, so it cannot go on.{advice}")
            connection.execute(
                "UPDATE jobs SET state = ?, wish = '', message = '', deaths = 0, "
                "finished_at = NULL WHERE id = ?",
                (JobState.QUEUED, job_id),
            )
            return _job(_row(connection, job_id))

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="microseconds")


_DIED = (
    "The worker ended without a word again and again at this job, perhaps because memory ran out. "
    'Close other programs or choose the preset "small", then resume it.'
)

_STOPS = {
    JobWish.PAUSE: ("paused", JobState.PAUSED),
    JobWish.CANCEL: ("cancelled", JobState.CANCELLED),
}


def _renew(folder: Path) -> None:
    """Bring the data base to today's version, where nobody else has the project open."""
    check_is_project(folder)
    connection = sqlite3.connect(f"{(folder / DATABASE).absolute().as_uri()}?mode=ro", uri=True)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.DatabaseError:
        return  # opened for writing, it says in a sentence what is wrong
    finally:
        connection.close()
    if version < len(MIGRATIONS):
        with Project.open(folder) as project:
            if project.read_only_reason is not None:
                raise ProjectError(project.read_only_reason)


def _row(connection: sqlite3.Connection, job_id: int) -> sqlite3.Row:
    row: sqlite3.Row | None = connection.execute(
        "SELECT * FROM jobs WHERE id = ?", (job_id,)
    ).fetchone()
    if row is None:
        raise JobError(f"There is no job {job_id} in this project. Look at the list of jobs.")
    return row


def _job(row: sqlite3.Row) -> Job:
    def time(name: str) -> datetime | None:
        return datetime.fromisoformat(row[name]) if row[name] else None

    try:
        return Job(
            id=row["id"],
            state=JobState(row["state"]),
            wish=JobWish(row["wish"]),
            settings=_SETTINGS.validate_json(row["settings"]),
            progress=_PROGRESS.validate_json(row["progress"]),
            message=row["message"],
            decision=_DECISION.validate_json(row["decision"]) if row["decision"] else None,
            version=row["version"],
            author=row["author"],
            created_at=datetime.fromisoformat(row["created_at"]),
            started_at=time("started_at"),
            finished_at=time("finished_at"),
            heartbeat_at=time("heartbeat_at"),
            worker=row["worker"],
            deaths=row["deaths"],
        )
    except (ValidationError, ValueError) as error:
        raise JobError(
            f"Job {row['id']} cannot be read: its record is damaged or newer than this Maskwright."
        ) from error

"""Whether a training starts by itself now, where a project's settings wish for that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from training.cases.project import Project
from training.cases.records import CaseQuery, CaseStatus, ProjectSettings, Split
from training.jobs.job import FineTuneSettings, Job, JobState

NIGHTLY_GAP = timedelta(hours=12)
"""A job that was made since then is this night's."""

IDLE_SECONDS = 300.0
"""Nobody has clicked for so long before a training starts by itself."""

UNFINISHED = (JobState.QUEUED, JobState.RUNNING, JobState.PAUSED)


def newly_approved(project: Project, jobs: Sequence[Job]) -> int:
    """How many cases to learn from were approved since the newest of ``jobs`` was made."""
    since = max((job.created_at for job in jobs), default=None)
    query = CaseQuery(statuses=frozenset({CaseStatus.APPROVED}), splits=frozenset({Split.TRAIN}))
    return sum(since is None or case.changed_at > since for case in project.cases.listed(query))


def why_not_now(
    settings: ProjectSettings, new_cases: int, jobs: Sequence[Job], now: datetime
) -> str | None:
    """Why no training starts by itself, a sentence; None if one shall start.

    ``now`` is in local time and knows its zone.
    """
    after, hour = settings.trains_after_cases, settings.trains_at_hour
    if not after and hour is None:
        return "The project's settings do not wish for trainings that start by themselves."
    unfinished = next((job for job in jobs if job.state in UNFINISHED), None)
    if unfinished is not None:
        return f"Job {unfinished.id} is {unfinished.state}."
    if after and new_cases >= after:
        return None
    if hour is None or now.hour != hour:
        when = f"{after} are needed" if after else f"the training starts at {hour}:00"
        return f"Newly approved cases to learn from: {new_cases}; {when}."
    if not new_cases:
        return "No case to learn from was approved since the last training."
    if any(now - job.created_at < NIGHTLY_GAP for job in jobs):
        return "This night's training was made already."
    return None


def settings_for(model_id: str, jobs: Sequence[Job]) -> FineTuneSettings:
    """What such a job shall do: the same as the newest one of that model."""
    newest = max(
        (job for job in jobs if job.settings.model_id == model_id),
        key=lambda job: job.id,
        default=None,
    )
    return FineTuneSettings(model_id) if newest is None else newest.settings

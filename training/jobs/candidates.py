"""The candidate of a job, after the gate: where it is, and how a person promotes it."""

from __future__ import annotations

import json
from pathlib import Path

from imaging.errors import JobError
from inference.model_package import ModelPackage, load_package
from inference.model_store import ModelStore
from training.jobs.job import Job, JobState
from training.jobs.job_queue import JobQueue
from training.promotion import Verdict


def job_folder(project: Path, job_id: int) -> Path:
    """Where a job keeps its plan, checkpoint, candidate and report."""
    return project / "jobs" / str(job_id)


def candidate_folder(project: Path, job_id: int) -> Path:
    """Where a job's candidate is, a model package with its report beside it."""
    return job_folder(project, job_id) / "candidate"


def read_report(project: Path, job_id: int) -> dict[str, object]:
    """The report of a job's candidate; empty before there is one."""
    file = candidate_folder(project, job_id) / "report.json"
    if not file.is_file():
        return {}
    report: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return report


def promote_candidate(
    queue: JobQueue, project: Path, job: Job, store: ModelStore, reason: str, author: str
) -> ModelPackage:
    """Let a job's candidate take the active model's place, where the gate did not forbid it.

    Raises:
        JobError: the gate refused it, or could not tell and no ``reason`` is given, or the active
            model is not the one that it was compared with any more.
        ModelError: the candidate is damaged.
        WriteError: it could not be copied.
    """
    _require_allowed(job, reason)
    versions = store.versions
    assert versions is not None
    candidate = load_package(candidate_folder(project, job.id))
    compared_with = read_report(project, job.id).get("active_version")
    active = store.find(candidate.id).version
    if active == candidate.version:
        raise JobError(f"{candidate.id} {candidate.version} is in use already.")
    if active != compared_with:
        raise JobError(
            f"Version {active} is active now, and the candidate of job {job.id} was compared with "
            f"{compared_with}. Start a new job, which compares with the active one."
        )
    if versions.folder_of(candidate.id, candidate.version).exists():
        promoted = load_package(versions.folder_of(candidate.id, candidate.version))
    else:
        promoted = versions.add(candidate)
    versions.promote(promoted.id, promoted.version)
    because = f" Reason: {reason.strip()}" if reason.strip() else ""
    queue.leave(job.id, JobState.FINISHED, f"{author} promoted it.{because}")
    return promoted


def _require_allowed(job: Job, reason: str) -> None:
    decision = job.decision
    if decision is None:
        raise JobError(f"Job {job.id} is {job.state} and has no compared candidate to promote.")
    if decision.verdict is Verdict.REFUSE:
        raise JobError(f"Job {job.id} cannot be promoted. {decision.sentence}")
    if decision.verdict is Verdict.UNDECIDED and not reason.strip():
        raise JobError(f"{decision.sentence} To promote it nevertheless, give a reason.")

"""`maskwright jobs`: list, show and stop fine-tuning jobs."""

from __future__ import annotations

from pathlib import Path

import typer
from pydantic import TypeAdapter

from app.commands.project_access import local_time, print_json, print_table
from training.fine_tuning.plan import HeldBack, load_plan
from training.jobs.candidates import candidate_folder, job_folder, read_report
from training.jobs.job import Job, JobState, JobWish
from training.jobs.job_queue import JobQueue
from training.jobs.worker_lock import has_worker, take_project
from training.promotion import PromotionDecision

_DECISION = TypeAdapter(PromotionDecision)


def list_jobs(folder: Path, *, as_json: bool) -> None:
    """Print all jobs of a project."""
    with JobQueue.open(folder) as queue:
        found = queue.listed()
    if as_json:
        print_json([job_fields(folder, job) for job in found])
    elif not found:
        typer.echo("There are no jobs. Start one with: maskwright train fine-tune")
    else:
        rows = [
            (str(job.id), job.state, job.settings.model_id, local_time(job.created_at), _where(job))
            for job in found
        ]
        print_table(("job", "state", "model", "since", "where it stands"), rows)


def show_job(folder: Path, job_id: int, *, as_json: bool) -> None:
    """Print a job with its epochs and the comparison."""
    with JobQueue.open(folder) as queue:
        job = queue.get(job_id)
    if as_json:
        print_json(job_fields(folder, job))
        return
    print_job(job)
    if job.state is JobState.RUNNING and not has_worker(folder):
        typer.echo("Its worker has died. Start another one with: maskwright worker --project DIR")
    for held_back in _held_back(folder, job):
        typer.echo(f'  "{held_back.case}" is held back. {held_back.sentence}')
    for one in job.progress.figures:
        dice = ", ".join(f"{name} {value:.3f}" for name, value in one.dice.items())
        typer.echo(f"  epoch {one.epoch}: loss {one.loss:.3f}{', Dice ' if dice else ''}{dice}")
    if job.decision is not None and job.decision.comparisons:
        print_comparisons(job.decision)


def stop_job(folder: Path, job_id: int, wish: JobWish, *, as_json: bool) -> None:
    """Pause or cancel a job; where its worker is dead, at once."""
    with JobQueue.open(folder) as queue:
        job = queue.wish(job_id, wish)
        lock = take_project(folder) if job.state is JobState.RUNNING else None
        if lock is not None:
            queue.settle()
            lock.release()
            job = queue.get(job_id)
    if as_json:
        print_json(job_fields(folder, job))
    else:
        verb = "stops" if job.state is JobState.RUNNING else f"is {job.state}"
        typer.echo(f"Job {job.id} {verb}.")


def print_job(job: Job) -> None:
    """A job in a line or two."""
    typer.echo(f"Job {job.id}, {job.settings.model_id}: {job.state}. {_where(job)}".rstrip())


def print_comparisons(decision: PromotionDecision) -> None:
    """The table behind a decision, and what the site's own clicks say."""
    rows = [
        (
            f"{line.structure}{' (reference)' if line.is_reference else ''}",
            line.measure,
            str(line.patients),
            f"{line.active:.3f}",
            f"{line.candidate:.3f}",
            f"{line.difference:+.3f} ({line.low:+.3f} to {line.high:+.3f})",
        )
        for line in decision.comparisons
    ]
    print_table(("structure", "measure", "patients", "before", "now", "difference (95 %)"), rows)
    if decision.recorded:
        typer.echo("Of your own clicks on held-out cases, until the mask is good:")
        own = [
            (work.structure, str(work.cases), f"{work.active:.1f}", f"{work.candidate:.1f}")
            for work in decision.recorded
        ]
        print_table(("structure", "cases", "before", "now"), own)


def job_fields(folder: Path, job: Job) -> dict[str, object]:
    """A job for JSON."""
    decision = job.decision
    report = candidate_folder(folder, job.id) / "report.html"
    about = read_report(folder, job.id)
    return {
        "id": job.id,
        "state": job.state,
        "model": job.settings.model_id,
        "preset": job.settings.preset,
        "before": about.get("active_version"),
        "after": job.version or None,
        "decision": decision.verdict if decision else None,
        "reason": decision.sentence if decision else job.message,
        "message": job.message,
        "missing_patients": dict(decision.missing_patients or {}) if decision else {},
        "comparison": _DECISION.dump_python(decision, mode="json") if decision else None,
        "report": report if report.is_file() else None,
        "held_back": [
            {"case": one.case, "sentence": one.sentence} for one in _held_back(folder, job)
        ],
        "stage": job.progress.stage,
        "share": round(job.progress.share, 3),
        "epoch": job.progress.epoch,
        "epochs": job.progress.epochs,
        "seconds_left": job.progress.seconds_left,
        "loss": [round(one.loss, 4) for one in job.progress.figures],
        "dice": [dict(one.dice) for one in job.progress.figures],
        "author": job.author,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "heartbeat_at": job.heartbeat_at,
    }


def _held_back(folder: Path, job: Job) -> tuple[HeldBack, ...]:
    """The cases that a job does not use; none before it has a plan."""
    plan = load_plan(job_folder(folder, job.id) / "plan.json")
    return plan.held_back if plan is not None else ()


def _where(job: Job) -> str:
    """What there is to say of a job, in a sentence."""
    progress = job.progress
    if job.state is not JobState.RUNNING:
        return job.message
    text = f"{progress.stage}, {progress.share:.0%}"
    if progress.epochs:
        text += f", {progress.epoch} of {progress.epochs} epochs"
    if progress.seconds_left is not None:
        text += f", about {max(1, round(progress.seconds_left / 60))} minutes left"
    return text

"""What the training dialog says in words."""

from __future__ import annotations

from training.jobs.job import Job, JobProgress, JobState, Preset
from training.promotion import PromotionDecision

PRESET_TEXTS = {
    Preset.CPU: "Without a graphics card",
    Preset.SMALL: "Little memory",
    Preset.GPU_8: "Graphics card with 8 GB",
    Preset.GPU_16: "Graphics card with 16 GB",
}

_NO_JOB = (
    "No training yet. The model learns from the approved cases of the train split, in the "
    "background; approved cases of the hold-out then show whether it became better. Only then is "
    "it used."
)
_ORPHAN = "Its worker ended without a word. Resume goes on after the last whole epoch."


def sentence_of(job: Job | None, *, is_orphan: bool) -> str:
    """What there is to say about a job, or that there is none."""
    if job is None:
        return _NO_JOB
    if is_orphan:
        return _ORPHAN
    if job.state is JobState.QUEUED:
        return job.message or "It waits for its turn."
    if job.state is JobState.RUNNING:
        stage = f"{job.progress.stage}"
        return f"{stage[0].upper()}{stage[1:]}."
    return job.message


def progress_text(progress: JobProgress) -> str:
    """How far, and how long still."""
    text = f"{progress.share:.0%}"
    if progress.epochs:
        text += f", {progress.epoch} of {progress.epochs} epochs"
    if progress.seconds_left is not None:
        minutes = max(1, round(progress.seconds_left / 60))
        text += f", about {minutes} minute{'s' if minutes > 1 else ''} left"
    return text


def epochs_text(job: Job) -> str:
    """The loss, and the Dice of each structure, of the newest epoch beside the first."""
    figures = job.progress.figures
    if not figures:
        return ""
    first, last = figures[0], figures[-1]
    parts = [f"Loss {last.loss:.2f} (first epoch {first.loss:.2f})"]
    parts += [
        f"Dice of {name} {value:.3f} ({first.dice[name]:.3f})"
        for name, value in last.dice.items()
        if name in first.dice
    ]
    return f"On validation cases after epoch {last.epoch}: {'; '.join(parts)}."


def comparison_rows(decision: PromotionDecision) -> tuple[tuple[str, ...], ...]:
    """The table behind a decision."""
    return tuple(
        (
            f"{line.structure}{' (reference)' if line.is_reference else ''}",
            str(line.measure),
            str(line.patients),
            f"{line.active:.3f}",
            f"{line.candidate:.3f}",
            f"{line.difference:+.3f} ({line.low:+.3f} to {line.high:+.3f})",
        )
        for line in decision.comparisons
    )

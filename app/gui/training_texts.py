"""What the training dialog says in words."""

from __future__ import annotations

from training.jobs.job import Job, JobProgress, JobState, Preset
from training.promotion import Comparison, PromotionDecision
from viewer.widgets.translation import tr, tr_count, tr_number, tr_sentence, translatable

PRESET_TEXTS = {
    Preset.CPU: translatable("Without a graphics card"),
    Preset.SMALL: translatable("Little memory"),
    Preset.GPU_8: translatable("Graphics card with 8 GB"),
    Preset.GPU_16: translatable("Graphics card with 16 GB"),
}

_NO_JOB = translatable(
    "No training yet. The model learns from the approved cases of the train split, in the "
    "background; approved cases of the hold-out then show whether it became better. Only then is "
    "it used."
)
_ORPHAN = translatable(
    "Its worker ended without a word. Resume goes on after the last whole epoch."
)


def sentence_of(job: Job | None, *, is_orphan: bool) -> str:
    """What there is to say about a job, or that there is none."""
    if job is None:
        return tr(_NO_JOB)
    if is_orphan:
        return tr(_ORPHAN)
    if job.state is JobState.QUEUED:
        return tr_sentence(job.message) or tr("It waits for its turn.")
    if job.state is JobState.RUNNING:
        stage = tr_sentence(f"{job.progress.stage}")
        return f"{stage[0].upper()}{stage[1:]}."
    return tr_sentence(job.message)


def progress_text(progress: JobProgress) -> str:
    """How far, and how long still."""
    text = tr("{percent}%", percent=round(100 * progress.share))
    if progress.epochs:
        text += ", " + tr(
            "{epoch} of {epochs} epochs", epoch=progress.epoch, epochs=progress.epochs
        )
    if progress.seconds_left is not None:
        minutes = max(1, round(progress.seconds_left / 60))
        text += ", " + tr_count("about {count} minute left", "about {count} minutes left", minutes)
    return text


def epochs_text(job: Job) -> str:
    """The loss, and the Dice of each structure, of the newest epoch beside the first."""
    figures = job.progress.figures
    if not figures:
        return ""
    first, last = figures[0], figures[-1]
    parts = [tr("Loss {now:.2f} (first epoch {first:.2f})", now=last.loss, first=first.loss)]
    parts += [
        tr(
            "Dice of {name} {now:.3f} ({first:.3f})",
            name=tr_sentence(name),
            now=value,
            first=first.dice[name],
        )
        for name, value in last.dice.items()
        if name in first.dice
    ]
    return tr(
        "On validation cases after epoch {epoch}: {parts}.",
        epoch=last.epoch,
        parts="; ".join(parts),
    )


def _structure_text(line: Comparison) -> str:
    name = tr_sentence(line.structure)
    return tr("{name} (reference)", name=name) if line.is_reference else name


def comparison_rows(decision: PromotionDecision) -> tuple[tuple[str, ...], ...]:
    """The table behind a decision, and at its end what the site's own clicks say."""
    compared = tuple(
        (
            _structure_text(line),
            tr_sentence(str(line.measure)),
            str(line.patients),
            tr_number(line.active, ".3f"),
            tr_number(line.candidate, ".3f"),
            tr(
                "{difference:+.3f} ({low:+.3f} to {high:+.3f})",
                difference=line.difference,
                low=line.low,
                high=line.high,
            ),
        )
        for line in decision.comparisons
    )
    recorded = tuple(
        (
            tr_sentence(work.structure),
            tr_count(
                "your own clicks on 1 case until it is good",
                "your own clicks on {count} cases until it is good",
                work.cases,
            ),
            "",
            tr_number(work.active, ".1f"),
            tr_number(work.candidate, ".1f"),
            tr_number(work.candidate - work.active, "+.1f"),
        )
        for work in decision.recorded
    )
    return (*compared, *recorded)

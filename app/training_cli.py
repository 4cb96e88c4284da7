"""The arguments of the commands of fine-tuning: train fine-tune, jobs, worker, models promote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.case_options import AsJson, Author, MapOption, ProjectFolder
from training.jobs.job import Cluster, FineTuneSettings, JobWish, Preset

JobId = Annotated[int, typer.Argument(metavar="N", min=1, help="A job's number.")]
Processes = Annotated[
    int,
    typer.Option(min=1, metavar="N", help="So many train together, one for each GPU (torchrun)."),
]
SomeModel = Annotated[
    str | None, typer.Argument(metavar="MODEL", help="A model's id. Default: the one in use.")
]


class FineTuneByDefault(TyperGroup):
    """`maskwright train --project DIR` is `maskwright train fine-tune --project DIR`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - typer's own click
        """Put the command in where options come first that the group itself does not have."""
        if args and args[0].startswith("-") and args[0] not in self.get_help_option_names(ctx):
            args = ["fine-tune", *args]
        return super().parse_args(ctx, args)


jobs = typer.Typer(help="Look at fine-tuning jobs, stop and resume them.", rich_markup_mode=None)


def add_training_commands(cli: typer.Typer, train: typer.Typer, models: typer.Typer) -> None:
    """Put the commands of this module into their groups."""
    cli.add_typer(jobs, name="jobs")
    cli.command()(worker)
    train.command("fine-tune")(fine_tune)
    models.command("versions")(list_versions)
    models.command("promote")(promote)
    models.command("roll-back")(roll_back)
    models.command("rollback", hidden=True)(roll_back)
    models.command("compare")(compare)


def fine_tune(
    project: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The project's folder; with --images, where to make it."),
    ] = None,
    images: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Instead of a project: a folder of CTs.")
    ] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --images: label files, same names.")
    ] = None,
    label_map: MapOption = None,
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="Which model. Default: the one in use.")
    ] = None,
    preset: Annotated[Preset, typer.Option(help="How much it may ask of the computer.")] = (
        Preset.CPU
    ),
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Default: as in the preset.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Decides every random choice.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    include: Annotated[
        list[str] | None,
        typer.Option(metavar="CASE", help="Use a case although the checks object; repeatable."),
    ] = None,
    ask: Annotated[
        bool, typer.Option("--ask", help="Do not promote a better model; wait for me to do so.")
    ] = False,
    if_due: Annotated[
        bool,
        typer.Option("--if-due", help="Only where the project's settings wish for it now."),
    ] = False,
    processes: Processes = 1,
    submit: Annotated[
        Cluster | None, typer.Option(help="Let a cluster run the worker (through submitit).")
    ] = None,
    submit_option: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=VALUE", help="Of submitit: slurm_partition=gpu; repeatable."),
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Do the job now, and end when it is over.")
    ] = False,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Improve a model by a project's approved labels; it is used only if it proves better.

    Without --wait a worker process does it in the background; `maskwright jobs list` shows it.
    With --images and --labels a project is made of them first: every label counts as approved.
    """
    from app.commands.fine_tune import Wishes, fine_tune_model, says_not_due

    if (images is None) != (labels is None):
        raise typer.BadParameter("--images and --labels go together.")
    if images is not None and labels is not None:
        from app.commands.fine_tune_folders import project_of_folders

        project = project_of_folders(project, images, labels, tuple(label_map or ()), author)
    if project is None:
        raise typer.BadParameter("Name a project with --project, or --images and --labels.")

    if if_due and says_not_due(project):
        return
    settings = FineTuneSettings(
        model_id=model or "",
        preset=preset,
        epochs=epochs,
        seed=seed,
        device=device,
        promotes=not ask,
    )
    options = tuple(submit_option or ())
    wishes = Wishes(settings, tuple(include or ()), author, submit, options, processes)
    raise typer.Exit(fine_tune_model(project, wishes, waits=wait, as_json=as_json))


@jobs.command("list")
def list_jobs(project: ProjectFolder, as_json: AsJson = False) -> None:
    """List a project's jobs, the newest first."""
    from app.commands.jobs import list_jobs

    list_jobs(project, as_json=as_json)


@jobs.command("show")
def show_job(job: JobId, project: ProjectFolder, as_json: AsJson = False) -> None:
    """Show a job: epochs, decision, and the table behind it."""
    from app.commands.jobs import show_job

    show_job(project, job, as_json=as_json)


@jobs.command("pause")
def pause_job(job: JobId, project: ProjectFolder, as_json: AsJson = False) -> None:
    """Pause a job after its last whole epoch; the computer is free for other things."""
    from app.commands.jobs import stop_job

    stop_job(project, job, JobWish.PAUSE, as_json=as_json)


@jobs.command("cancel")
def cancel_job(job: JobId, project: ProjectFolder, as_json: AsJson = False) -> None:
    """Cancel a job; its last checkpoint is kept, so it can be resumed."""
    from app.commands.jobs import stop_job

    stop_job(project, job, JobWish.CANCEL, as_json=as_json)


@jobs.command("resume")
def resume_job(
    job: JobId,
    project: ProjectFolder,
    wait: Annotated[
        bool, typer.Option("--wait", help="Do the job now, and end when it is over.")
    ] = False,
    processes: Processes = 1,
    as_json: AsJson = False,
) -> None:
    """Let a paused, cancelled or failed job go on from its last checkpoint."""
    from app.commands.fine_tune import resume_fine_tuning

    raise typer.Exit(resume_fine_tuning(project, job, processes, waits=wait, as_json=as_json))


def worker(project: ProjectFolder, processes: Processes = 1) -> None:
    """Do the jobs in a project's queue and end; says what happens as JSON lines.

    The window and `train fine-tune` start it by themselves.
    """
    from app.commands.worker import work

    work(project, processes)


def list_versions(model: SomeModel = None, as_json: AsJson = False) -> None:
    """List the versions of a model that fine-tuning made, and which is in use."""
    from app.commands.model_versions import list_versions

    list_versions(model, as_json=as_json)


def promote(
    project: ProjectFolder,
    job: Annotated[int, typer.Option(min=1, metavar="N", help="The job that made it.")],
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Needed where too few patients were held out.")
    ] = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Use the model that a job made, if the comparison did not refuse it."""
    from app.commands.model_versions import promote

    promote(project, job, reason, author, as_json=as_json)


def compare(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A model's id, ID@VERSION, or a package's folder.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="Likewise.")],
    project: ProjectFolder,
    seed: Annotated[int, typer.Option(min=0, help="Of the simulated users.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Compare two models on a project's held-out cases, patient by patient; nothing is changed."""
    from app.commands.compare_models import compare_models

    compare_models(project, first, second, seed, as_json=as_json)


def roll_back(model: SomeModel = None, as_json: AsJson = False) -> None:
    """Use the version before the one in use."""
    from app.commands.model_versions import roll_back

    roll_back(model, as_json=as_json)

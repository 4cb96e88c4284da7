"""The command line: `maskwright [PATH]` opens the window, the other commands need none."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from app.bench_cli import add_bench_commands
from app.bundle_cli import add_bundle_commands
from app.cases_cli import cases, export
from app.doctor_cli import doctor, graphics
from app.engines_cli import engines, table
from app.gpu_cli import gpu
from app.machine_facts import GRAPHICS_COMMAND
from app.measuring_cli import card, evaluate, join
from app.models_cli import add_model_commands
from app.paths import AppPaths
from app.training_cli import FineTuneByDefault, add_training_commands
from imaging.errors import CancelledError, MaskwrightError, WrongCallError
from inference.engines.gpu_pack import announce_pack

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNEXPECTED = 70
"""`EX_SOFTWARE` of sysexits.h: a fault of this program, not of what it was given."""
EXIT_CANCELLED = 130

logger = logging.getLogger("maskwright")

cli = typer.Typer(
    name="maskwright",
    help="Segment organs in CT by pointing and clicking. For research use only.\n\n"
    "`maskwright [PATH]` opens the window, on a CT where one is named.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models = typer.Typer(help="Look at models, import and export them.", rich_markup_mode=None)
cli.add_typer(models, name="models")
train = typer.Typer(
    cls=FineTuneByDefault, help="Train models (needs the training extra).", rich_markup_mode=None
)
cli.add_typer(train, name="train")
cli.add_typer(cases, name="cases")
bench = typer.Typer(help="Measure how fast this computer is.", rich_markup_mode=None)
cli.add_typer(bench, name="bench")
bench.command("engines")(engines)
bench.command("table")(table)
add_bench_commands(bench)
add_training_commands(cli, train, models)
add_bundle_commands(cli)
cli.add_typer(gpu, name="gpu")

_GROUP_OPTIONS = frozenset({"-h", "--help", "--version"})

CtPath = Annotated[
    Path, typer.Argument(metavar="CT", help="A DICOM folder or file, NIfTI, NRRD or MHA.")
]
ModelId = Annotated[
    str | None, typer.Option("--model", metavar="ID", help="A model of `maskwright models list`.")
]
EngineId = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="What runs the model: see `maskwright doctor`."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code.

    Expected failures are one sentence on standard error. Unexpected ones are a sentence
    there and a traceback in the log.
    """
    from app.logs import logging_to

    if sentence := unknown_word(arguments):
        return _fail(sentence, EXIT_USAGE)
    paths = AppPaths.of_user()
    announce_pack(paths.gpu_pack)
    with logging_to(paths.log_file):
        try:
            cli(args=with_default_command(arguments), prog_name="maskwright")
        except SystemExit as leaving:
            return leaving.code if isinstance(leaving.code, int) else EXIT_FAILED
        except CancelledError as error:
            return _fail(str(error), EXIT_CANCELLED)
        except WrongCallError as error:
            return _fail(str(error), EXIT_USAGE)
        except MaskwrightError as error:
            logger.info("command failed: %s", type(error).__name__)
            return _fail(str(error), EXIT_FAILED)
        except Exception as error:  # the process edge
            logger.critical("unexpected error", exc_info=True)
            sentence = (
                f"Something went wrong that should not ({type(error).__name__}). "
                f"The details are in {paths.log_file}."
            )
            return _fail(sentence, EXIT_UNEXPECTED)
    return 0


def with_default_command(arguments: Sequence[str]) -> list[str]:
    """The arguments with `window` in front where they name no command."""
    first = arguments[0] if arguments else ""
    if first in _GROUP_OPTIONS or first in command_names():
        return list(arguments)
    return ["window", *arguments]


def unknown_word(arguments: Sequence[str]) -> str:
    """What to say of a first word that is neither a command nor a path; empty if it is one."""
    word = arguments[0] if arguments else ""
    names = command_names()
    is_word = word.replace("-", "").isalpha() and not word.startswith("-")
    if not is_word or word in names or Path(word).exists():
        return ""
    near = get_close_matches(word, names, n=1)
    advice = f"Did you mean {near[0]}?" if near else "See: maskwright --help"
    return f"There is no command and no file {word}. {advice}"


def command_names() -> frozenset[str]:
    """Every word that is a command, and so cannot be a bare path."""
    commands = (
        command.name or command.callback.__name__
        for command in cli.registered_commands
        if command.callback is not None
    )
    groups = (group.name for group in cli.registered_groups if group.name)
    return frozenset((*commands, *groups))


def _fail(sentence: str, exit_code: int) -> int:
    sys.stderr.write(f"maskwright: {sentence}\n")
    return exit_code


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"maskwright {version('maskwright')}")
        raise typer.Exit


@cli.callback()
def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Options of the program as a whole."""


@cli.command()
def window(
    path: Annotated[
        Path | None,
        typer.Argument(help="A CT: DICOM folder or file, NIfTI, NRRD or MHA; or a project."),
    ] = None,
    project: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Open the project in this folder.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="Open the sample case.")] = False,
    model: ModelId = None,
    engine: EngineId = None,
    measure: Annotated[
        Path | None,
        typer.Option(
            help="Open the case, place one click, write what took how long, and leave."
            " Without a case: only start."
        ),
    ] = None,
    trial: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Do the main job in the window, keep pictures of it, and leave."
        ),
    ] = None,
    started_at: Annotated[float | None, typer.Option(hidden=True)] = None,
) -> None:
    """Open the window; `maskwright [PATH]` does the same."""
    from app.commands.window import Rehearsal, open_window

    rehearsal = Rehearsal(measure, trial, started_at)
    raise typer.Exit(open_window(path, project, sample, model, rehearsal, engine))


@cli.command()
def segment(
    ct: Annotated[
        Path | None,
        typer.Argument(metavar="CT", help="A DICOM folder or file, NIfTI, NRRD or MHA."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The mask: .nii, .nii.gz, .nrrd or .mha."),
    ] = None,
    structure: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="What to segment; may be given again. Default: all of the model's."
        ),
    ] = None,
    model: ModelId = None,
    engine: EngineId = None,
    clicks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A clicks file that corrects the result.")
    ] = None,
    series: Annotated[
        str | None, typer.Option(metavar="UID", help="Which series of a folder with several.")
    ] = None,
    project: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Instead of a CT: a project, together with --all."),
    ] = None,
    is_all: Annotated[
        bool,
        typer.Option("--all", help="Every new case of the project; a second call goes on."),
    ] = False,
    author: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who does this in the project. Default: the login name."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write times and volumes there.")
    ] = None,
    is_exact: Annotated[
        bool,
        typer.Option("--exact", help="Of an imported bundle: MONAI's own mask, faults included."),
    ] = False,
) -> None:
    """Segment a CT, or every new case of a project."""
    from app.commands.segment import segment_file, target_of

    target = target_of(ct, out, project, clicks, series, is_all=is_all, is_exact=is_exact)
    names = tuple(structure or ())
    if isinstance(target, Path):
        from app.commands.segment_project import segment_project

        raise typer.Exit(segment_project(target, names, model, author, report, engine))
    segment_file(
        target.ct, target.out, names, model, clicks, series, report, engine, is_exact=is_exact
    )


cli.command()(evaluate)
cli.command()(doctor)
cli.command(GRAPHICS_COMMAND, hidden=True)(graphics)
add_model_commands(models)
models.command("card")(card)
models.command("join")(join)


@train.command("shipped-model")
def train_shipped_model(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The folder of the open data.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the package goes.")],
    runs: Annotated[
        Path, typer.Option(metavar="DIR", help="Checkpoints; a second call goes on from them.")
    ] = Path("runs/shipped"),
    seed: Annotated[int, typer.Option(min=0, help="Decides every random choice.")] = 0,
    device: Annotated[str, typer.Option(help="cpu or cuda.")] = "cpu",
    steps: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Default: as in the recipe.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(min=1e-6, max=1.0, help="Highest learning rate, with --steps.")
    ] = None,
    start: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Weights to begin with (safetensors).")
    ] = None,
    leave_out: Annotated[
        str | None, typer.Option(metavar="CASE", help="A real case not to train on.")
    ] = None,
) -> None:
    """Train the model that ships with the program again, from open data and phantoms."""
    from app.commands.train import ShippedTraining, train_shipped

    train_shipped(data, runs, out, ShippedTraining(seed, device, steps, rate, start, leave_out))


cli.command()(export)


@cli.command()
def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write.")],
    seed: Annotated[int, typer.Option(min=0, help="The first patient; each seed another.")] = 0,
    count: Annotated[int, typer.Option(min=1, help="How many patients.")] = 1,
) -> None:
    """Write synthetic CTs with true masks, in the layout of the Medical Segmentation Decathlon."""
    from app.commands.sample import write_samples

    write_samples(folder, seed, count)


@cli.command()
def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where to put pictures and report.")],
    ct: Annotated[
        Path | None, typer.Option(metavar="PATH", help="A CT. Default: the sample case.")
    ] = None,
    model: ModelId = None,
) -> None:
    """Do the whole job without a window, and show it in pictures and numbers."""
    from app.commands.demo import run_demo

    run_demo(out, ct, model)


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """List the installed models."""
    from app.commands.models import list_packages

    list_packages(as_json)

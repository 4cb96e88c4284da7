"""`maskwright evaluate`: what a model is worth to simulated users, on CTs with true masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import typer

from app.bootstrap import find_package, model_store, predictor_maker
from app.commands.segment import write_report
from app.evaluation import EvaluationBench, EvaluationRequest, with_single_view
from app.headless_job import ImpossibleRequestError
from imaging.errors import WrongCallError
from inference.model_package import ModelPackage
from training.evaluation.case_pictures import case_figure
from training.evaluation.cases import EvaluationData, data_of_data_set, data_of_folders
from training.evaluation.figure_file import check_figure_file, write_figure
from training.evaluation.plot import dice_figure
from training.evaluation.report import EvaluationReport
from training.evaluation.simulated_user import User

MAX_CLICKS = 1000
"""Nobody clicks more often; a longer number is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class EvaluationOutputs:
    """Where results go besides the terminal; None for nowhere."""

    report: Path | None = None
    plot: Path | None = None
    pictures: Path | None = None


def evaluate_model(request: EvaluationRequest, outputs: EvaluationOutputs) -> None:
    """Measure a model on all cases of the request, and write what was asked for."""
    if outputs.plot is not None:
        check_figure_file(outputs.plot)
    if outputs.pictures is not None:
        check_figure_file(_picture_file(outputs.pictures, "case"))
    package = find_package(model_store(), request.model_id)
    if request.is_single_view:
        package = with_single_view(package)
    if not package.takes_clicks:
        _warn(f"The model {package.id} takes no clicks; only its automatic masks are measured.")
        request = replace(request, click_counts=(0,), users=(User.EXACT,))
    bench = EvaluationBench(request, package, predictor_maker(package), _warn)
    cases = request.data.cases
    for name in request.data.without_labels:
        _warn(f"{name} has no label file of the same name; it is left out.")
    for number, case in enumerate(cases, start=1):
        typer.echo(f"{case.name} ({number} of {len(cases)})", err=True)
        bench.measure(case)
        report = _report(request, package, bench)
        if outputs.report is not None and report.results:
            write_report(outputs.report, report.as_json())  # so that nothing is lost on the way
    if not report.results:
        raise ImpossibleRequestError(f"Nothing could be measured. {report.left_out[0].reason}")
    typer.echo(report.as_text())
    if outputs.plot is not None:
        write_figure(dice_figure(report), outputs.plot)
    if outputs.pictures is not None:
        for structure, pictures in bench.pictures.items():
            figure = case_figure(structure, pictures)
            write_figure(figure, _picture_file(outputs.pictures, structure))


def _report(
    request: EvaluationRequest, package: ModelPackage, bench: EvaluationBench
) -> EvaluationReport:
    return EvaluationReport(
        model=package.id,
        model_version=package.version,
        engine=bench.engine,
        data=request.data.name,
        results=tuple(bench.results),
        click_counts=request.click_counts,
        seed=request.seed,
        is_single_view=request.is_single_view,
        left_out=tuple(bench.left_out),
    )


def _picture_file(folder: Path, structure: str) -> Path:
    return folder / f"{structure.replace(' ', '_')}.png"


def _warn(sentence: str) -> None:
    typer.echo(f"Warning: {sentence}", err=True)


def evaluation_data(
    images: Path | None, labels: Path | None, data_set: Path | None
) -> EvaluationData:
    """What two folders or a data set hold to measure on.

    Raises:
        WrongCallError: neither or both are given, or half of the folders.
        CaseError: there is nothing to measure on.
    """
    if data_set is not None and images is None and labels is None:
        return data_of_data_set(data_set)
    if images is not None and labels is not None and data_set is None:
        return data_of_folders(images, labels)
    raise WrongCallError(
        "Name the cases by --images and --labels (two folders), or by --data (a data set)."
    )


def parse_click_counts(text: str) -> tuple[int, ...]:
    """``"0,1,3"`` as numbers, in order and each once.

    Raises:
        WrongCallError: it is no such list.
    """
    try:
        counts = sorted({int(part) for part in text.split(",")})
    except ValueError:
        counts = []
    if not counts or counts[0] < 0 or counts[-1] > MAX_CLICKS:
        raise WrongCallError(
            f"--clicks takes numbers from 0 to {MAX_CLICKS} with commas between, such as "
            f"0,1,3,5,10; {text!r} is not that."
        )
    return tuple(counts)


def parse_users(text: str) -> tuple[User, ...]:
    """``"exact"``, ``"jittered"``, or ``"both"``."""
    return tuple(User) if text == "both" else (User(text),)

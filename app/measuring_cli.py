"""The arguments of `maskwright evaluate` and `maskwright models card` and `join`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer


def evaluate(
    structure: Annotated[
        list[str], typer.Option(metavar="NAME", help="What to segment; may be given again.")
    ],
    images: Annotated[Path | None, typer.Option(metavar="DIR", help="The CTs.")] = None,
    labels: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Their masks, by the same names.")
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="Instead of --images and --labels: a Decathlon or nnU-Net folder, "
            "or a MONAI data list.",
        ),
    ] = None,
    label_value: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            max=255,
            metavar="N",
            help="Its value in the masks, once for each structure. "
            "Default: what the data set says, a file's only one, or the organ table's.",
        ),
    ] = None,
    clicks: Annotated[
        str, typer.Option(metavar="N,N,...", help="Numbers of clicks after which to measure.")
    ] = "0,1,3,5,10",
    user: Annotated[
        Literal["exact", "jittered", "both"],
        typer.Option(help="Who clicks: the middle of the largest error, or less exactly."),
    ] = "both",
    seed: Annotated[int, typer.Option(min=0, help="Decides the jitter and the intervals.")] = 0,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="ID", help="A model of `maskwright models list`, or its folder."
        ),
    ] = None,
    automatic_views: Annotated[
        Literal["one", "all"],
        typer.Option(help="How often the automatic network may look at a CT."),
    ] = "all",
    report: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write the report there.")
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw Dice against clicks: .png or .svg."),
    ] = None,
    pictures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Draw the best, the median and the worst case there."),
    ] = None,
) -> None:
    """Measure a model with simulated users who click where its masks are wrong."""
    from app.commands.evaluate import (
        EvaluationOutputs,
        evaluate_model,
        evaluation_data,
        parse_click_counts,
        parse_users,
    )
    from app.evaluation import EvaluationRequest

    request = EvaluationRequest(
        data=evaluation_data(images, labels, data),
        structure_names=tuple(structure),
        label_values=tuple(label_value or ()),
        click_counts=parse_click_counts(clicks),
        users=parse_users(user),
        seed=seed,
        model_id=model,
        is_single_view=automatic_views == "one",
    )
    evaluate_model(request, EvaluationOutputs(report, plot, pictures))


def card(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model's id, or its folder.")],
    results: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A report of `evaluate --json`; may be given again. "
            "Default: those in the model's folder `measured`.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Default: README.md of the model.")
    ] = None,
) -> None:
    """Write a model's card from its notes (card.toml) and what was measured."""
    from app.commands.model_card import write_card

    write_card(model, results or (), out)


def join(
    reports: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Reports of `evaluate --json`.")
    ],
    report: Annotated[Path, typer.Option("--json", metavar="FILE", help="The joined report.")],
    data: Annotated[
        str, typer.Option(metavar="TEXT", help="What the data are called together.")
    ] = "leave-one-out",
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Draw Dice against clicks: .png or .svg."),
    ] = None,
) -> None:
    """Join reports, such as those of a leave-one-out, as if measured together."""
    from app.commands.join_reports import join_reports

    join_reports(reports, data, report, plot)

"""The arguments of `maskwright bundle ...` and `maskwright datalist`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

bundle = typer.Typer(
    help="Train MONAI bundles: make one, train, evaluate, segment, export "
    "(needs the training extra).",
    rich_markup_mode=None,
)

BundleDir = Annotated[
    Path, typer.Argument(metavar="BUNDLE", help="A folder that `maskwright bundle new` made.")
]
DataDir = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Labelled CTs: dataset.json, imagesTr, labelsTr."),
]
Processes = Annotated[
    int, typer.Option(min=1, metavar="N", help="One for each GPU; without a GPU they share it.")
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Another value for a key of the configuration; may be given again.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_bundle_commands(cli: typer.Typer) -> None:
    """Put the commands of this module into the command line."""
    cli.add_typer(bundle, name="bundle")
    cli.command()(datalist)


def datalist(
    path: Annotated[Path, typer.Option(metavar="DIR", help="A data set in Decathlon layout.")],
    output: Annotated[Path, typer.Option(metavar="FILE", help="The JSON file to write.")],
    train_size: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Cases to train on. Default: 70 %.")
    ] = None,
) -> None:
    """Split a data set into cases to train, to validate and to test on, always in the same way."""
    from app.commands.bundle import split_data

    split_data(path, output, train_size)


@bundle.command("list")
def list_bundles(as_json: AsJson = False) -> None:
    """List the bundles that ship with the program."""
    from app.commands.bundle import list_shipped

    list_shipped(as_json=as_json)


@bundle.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="One of `maskwright bundle list`.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    network: Annotated[
        Literal["dynunet", "unetr"] | None,
        typer.Option(help="Which network, where the bundle leaves a choice."),
    ] = None,
    labels: Annotated[
        Literal["btcv"] | None,
        typer.Option(help="Other structures: the eight of the BTCV challenge."),
    ] = None,
) -> None:
    """Copy a bundle to a folder, to train it there."""
    from app.commands.bundle import make

    make(name, folder, network, labels)


@bundle.command()
def train(
    folder: BundleDir,
    data: DataDir,
    epochs: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Default: as in the bundle.")
    ] = None,
    processes: Processes = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on after the last epoch.")] = False,
    settings: Settings = None,
) -> None:
    """Train on labelled CTs; the best weights go to models/model.pt."""
    from app.commands.bundle import train_bundle

    train_bundle(folder, data, epochs, processes, settings or (), resume=resume)


@bundle.command()
def evaluate(
    folder: BundleDir, data: DataDir, processes: Processes = 1, settings: Settings = None
) -> None:
    """Measure the trained network on the validation cases; tables go to eval."""
    from app.commands.bundle import evaluate_bundle

    evaluate_bundle(folder, data, processes, settings or ())


@bundle.command()
def infer(
    folder: BundleDir,
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Every CT of imagesTs, or of imagesTr without it."),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option(metavar="CT", help="One CT: DICOM folder or file, NIfTI, NRRD or MHA."),
    ] = None,
    clicks: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A clicks file for the one CT.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Default: the bundle's eval.")
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw ten slices of each result there.")
    ] = None,
    tensorrt: Annotated[
        bool, typer.Option("--tensorrt", help="Run what `export --format tensorrt` made.")
    ] = False,
    settings: Settings = None,
) -> None:
    """Segment CTs with the trained network, as MONAI does it."""
    from app.commands.bundle import InferenceTarget, segment

    target = InferenceTarget(data, image, clicks, out, pictures, is_tensorrt=tensorrt)
    segment(folder, target, settings or ())


@bundle.command()
def search(
    folder: BundleDir, data: DataDir, processes: Processes = 1, settings: Settings = None
) -> None:
    """Search the topology of a DiNTS network on labelled CTs."""
    from app.commands.bundle import search_topology

    search_topology(folder, data, processes, settings or ())


@bundle.command()
def verify(folder: BundleDir, settings: Settings = None) -> None:
    """Check the metadata (without a network) and the shapes of the network."""
    from app.commands.bundle import verify_bundle

    verify_bundle(folder, settings or ())


@bundle.command()
def export(
    folder: BundleDir,
    form: Annotated[
        Literal["torchscript", "onnx", "tensorrt"],
        typer.Option("--format", help="tensorrt needs an NVIDIA GPU and torch_tensorrt."),
    ],
    precision: Annotated[Literal["fp32", "fp16"], typer.Option(help="Of tensorrt.")] = "fp32",
    settings: Settings = None,
) -> None:
    """Write the trained network as models/model.ts, model.onnx or model_trt.ts."""
    from app.commands.bundle import export_bundle

    export_bundle(folder, form, precision, settings or ())

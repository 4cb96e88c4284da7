"""The arguments of `maskwright models show`, `import`, `install`, `export` and `remove`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

ModelName = Annotated[
    str, typer.Argument(metavar="ID", help="A model of `maskwright models list`.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_model_commands(models: typer.Typer) -> None:
    """Put the commands of this module into their group."""
    models.command("show")(show)
    models.command("import")(import_model)
    models.command("install")(install)
    models.command("export")(export)
    models.command("remove")(remove)


def show(model: ModelName, as_json: AsJson = False) -> None:
    """Say what a model can do, what it was made from and how it was measured."""
    from app.commands.models import show_package

    show_package(model, as_json)


def import_model(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A MONAI bundle or a model of ours (folder, zip), or a checkpoint."
        ),
    ],
    model_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="What to call it. Default: its name.")
    ] = None,
    labels: Annotated[
        str | None,
        typer.Option(
            metavar="NAME,...", help="Structures of the classes after background, in order."
        ),
    ] = None,
    click_order: Annotated[
        str | None,
        typer.Option(
            metavar="ORDER",
            help="Whose clicks the channels after the image are: names separated by commas, "
            '"config" or "alphabetical". Default: found out by trying.',
        ),
    ] = None,
    network: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Of a checkpoint: dynunet or unetr as in the DeepEdit tutorial, or a JSON or YAML "
            "file with a network_def.",
        ),
    ] = None,
    size: Annotated[
        int | None,
        typer.Option(min=8, max=512, metavar="N", help="Of a checkpoint: side of its box (128)."),
    ] = None,
    trust: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256", help="Let MONAI run this bundle's own code, without a network."
        ),
    ] = None,
    shows_code: Annotated[
        bool,
        typer.Option("--show-code", help="Only print the bundle's code and its SHA-256."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a MONAI bundle or checkpoint as data: nothing that was downloaded is run."""
    from app.commands.models_import import ImportOptions, import_path, show_code

    if shows_code:
        show_code(path)
        return
    import_path(path, ImportOptions(model_id, labels, click_order, network, size, trust), as_json)


def install(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE", help="A model of MONAI's Model Zoo, or a file. Without: a list."
        ),
    ] = None,
    model_id: Annotated[
        str | None, typer.Option("--id", metavar="ID", help="What to call it. Default: its name.")
    ] = None,
    accepts_licence: Annotated[
        bool, typer.Option("--accept-licence", help="You know its licence and accept it.")
    ] = False,
    proxy: Annotated[
        str,
        typer.Option(
            metavar="URL",
            help="Download through it. Default: the setting, or HTTPS_PROXY of the environment.",
        ),
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Download a model from MONAI's Model Zoo and import it; the only command that connects.

    What came of a download that broke off is kept and not fetched again.
    """
    from app.commands.models_install import install as install_model
    from app.commands.models_install import list_zoo

    if what is None:
        list_zoo(as_json)
    else:
        install_model(what, model_id, accepts_licence, proxy, as_json)


def export(
    model: ModelName,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="A new folder, or .zip.")],
    form: Annotated[
        Literal["bundle", "onnx", "package"],
        typer.Option("--format", help="For MONAI, any ONNX runtime, or another Maskwright."),
    ],
    as_json: AsJson = False,
) -> None:
    """Write a model for other programs, or to carry it to another computer."""
    from app.commands.models_export import export_model

    export_model(model, out, form, as_json)


def remove(model: ModelName, as_json: AsJson = False) -> None:
    """Delete a model that was imported; those that ship with the program stay."""
    from app.commands.models_import import remove_model

    remove_model(model, as_json)

"""The arguments of `maskwright gpu`: NVIDIA's libraries, which are not part of the program."""

from __future__ import annotations

from typing import Annotated

import typer

gpu = typer.Typer(
    help="Install, show or remove the GPU pack: the libraries that NVIDIA cards need.",
    rich_markup_mode=None,
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@gpu.command("install")
def install(
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE|URL", help="The pack, or where it is published."),
    ] = None,
    sha256: Annotated[
        str | None,
        typer.Option(metavar="HEX", help="Its hash, as published. An address needs it."),
    ] = None,
    proxy: Annotated[
        str, typer.Option(metavar="URL", help="http://[name:password@]host:port")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Install the pack from a file or an address; a download goes on where it broke off."""
    from app.commands.gpu import install_gpu_pack

    install_gpu_pack(source, sha256, proxy, as_json=as_json)


@gpu.command("show")
def show(as_json: AsJson = False) -> None:
    """Say which pack is installed, and what it holds."""
    from app.commands.gpu import show_gpu_pack

    show_gpu_pack(as_json=as_json)


@gpu.command("remove")
def remove() -> None:
    """Remove the pack; the program goes on without it."""
    from app.commands.gpu import remove_gpu_pack

    remove_gpu_pack()

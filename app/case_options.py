"""Arguments that the commands on a project share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectFolder = Annotated[
    Path, typer.Option("--project", metavar="DIR", help="The project's folder.")
]
CaseId = Annotated[
    str, typer.Argument(metavar="ID", help="A case: its name or its number (id:7 if a name is 7).")
]
Author = Annotated[
    str | None, typer.Option(metavar="NAME", help="Who does this. Default: the login name.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Comment = Annotated[str, typer.Option(metavar="TEXT", help="A sentence for the record.")]
MapOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="VALUE=NAME",
        help='What a label value means, such as "2=pancreas"; "2=" leaves it out, "*=" all that '
        "nothing else names. May be given again.",
    ),
]

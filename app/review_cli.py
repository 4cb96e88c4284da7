"""The arguments of the commands of the review: check, submit, return, approve and so on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from app.case_options import AsJson, Author, CaseId, Comment, ProjectFolder


def add_review_commands(cases: typer.Typer) -> None:
    """Put the commands of this module into the group `cases`."""
    for name, command in _COMMANDS.items():
        cases.command(name)(command)


def submit(
    case: CaseId,
    project: ProjectFolder,
    comment: Comment = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Hand a case's newest labels to a reviewer."""
    from app.commands import cases_review

    cases_review.submit(project, case, comment, author, as_json=as_json)


def send_back(
    case: CaseId,
    project: ProjectFolder,
    comment: Annotated[str, typer.Option(metavar="TEXT", help="What should be mended.")],
    at: Annotated[
        str | None, typer.Option(metavar="X,Y,Z", help="Where in the patient, LPS mm.")
    ] = None,
    structure: Annotated[str | None, typer.Option(metavar="NAME", help="What it is about.")] = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Return a case that is in review to its author."""
    from app.commands import cases_review

    place = (cases_review.parse_point(at), structure)
    cases_review.send_back(project, case, comment, place, author, as_json=as_json)


def approve(
    case: CaseId,
    project: ProjectFolder,
    force: Annotated[
        str, typer.Option(metavar="REASON", help="Approve although the checks object.")
    ] = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Check a case's newest labels and approve them.

    Where a check objects, nothing is approved without a reason; the reason is kept.
    """
    from app.commands import cases_review

    cases_review.approve(project, case, force, author, as_json=as_json)


def exclude(
    case: CaseId,
    project: ProjectFolder,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")],
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Leave a case out of everything; its work is kept."""
    from app.commands import cases_review

    cases_review.exclude(project, case, reason, author, as_json=as_json)


def reopen(
    case: CaseId,
    project: ProjectFolder,
    comment: Comment = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Go on with a case that was closed.

    It may be in review, approved or excluded.
    """
    from app.commands import cases_review

    cases_review.reopen(project, case, comment, author, as_json=as_json)


def check(
    case: CaseId,
    project: ProjectFolder,
    version: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Default: the newest.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what is doubtful about labels.

    The exit code is 1 if something is.
    """
    from app.commands import cases_quality

    raise typer.Exit(cases_quality.check(project, case, version, as_json=as_json))


def compare(
    case: CaseId,
    before: Annotated[int, typer.Argument(min=1, metavar="V1", help="A version.")],
    after: Annotated[int, typer.Argument(min=1, metavar="V2", help="Another one.")],
    project: ProjectFolder,
    as_json: AsJson = False,
) -> None:
    """Compare two versions of a case.

    In mL, Dice and voxels, for each structure.
    """
    from app.commands import cases_quality

    cases_quality.compare(project, case, before, after, as_json=as_json)


def replay(
    case: CaseId,
    version: Annotated[int, typer.Argument(min=1, metavar="V", help="A version with clicks.")],
    project: ProjectFolder,
    model: Annotated[
        str | None, typer.Option(metavar="ID", help="A model of `maskwright models list`.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Play the clicks of a version again.

    Every answer is compared with what was kept.
    """
    from app.commands import cases_quality

    cases_quality.replay_version(project, case, version, model, as_json=as_json)


_COMMANDS: dict[str, Callable[..., None]] = {
    "submit": submit,
    "return": send_back,
    "approve": approve,
    "exclude": exclude,
    "reopen": reopen,
    "check": check,
    "compare": compare,
    "replay": replay,
}

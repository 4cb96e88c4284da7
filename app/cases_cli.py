"""The arguments of `maskwright cases ...` (those of the review apart) and `maskwright export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.case_options import AsJson, Author, CaseId, MapOption, ProjectFolder
from app.review_cli import add_review_commands

cases = typer.Typer(
    help="Keep a project of cases.\n\n"
    "A project is a folder of CTs with versioned, reviewed labels; see docs/cases.md. "
    "A case is named by its number or its name, as `cases list` shows them.",
    rich_markup_mode=None,
    no_args_is_help=True,
)


@cases.command("add")
def add_cases(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Folders that are searched, or files."),
    ],
    project: ProjectFolder,
    copies: Annotated[
        bool | None,
        typer.Option(
            "--copy/--reference",
            help="Copy the CTs into the project, or use them where they are. Default: as the "
            "project was begun; a new one references.",
            show_default=False,
        ),
    ] = None,
    deidentify: Annotated[
        bool,
        typer.Option(
            "--deidentify",
            help="Copy without what names the patient (DICOM PS3.15, basic profile).",
        ),
    ] = False,
    data_set: Annotated[
        bool,
        typer.Option(
            "--data-set",
            help="The paths are labelled data sets: Decathlon, nnU-Net, or a MONAI data list.",
        ),
    ] = False,
    label_map: MapOption = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Add every CT of folders and files.

    DICOM is found by series, beside it NIfTI, NRRD and MHA. The project is made if there is none
    yet. What is no CT is counted; a CT that cannot be read is listed with its reason and stops
    nothing. The exit code is 1 then, and where no CT was found. A CT that the project has already
    is not added again, so the same command goes on after Ctrl+C.
    """
    from app.commands.cases_add import add

    code = add(
        project,
        paths,
        copies=copies,
        deidentifies=deidentify,
        is_data_set=data_set,
        said=label_map or [],
        author=author,
        as_json=as_json,
    )
    raise typer.Exit(code)


@cases.command("import-labels")
def import_labels(
    case: CaseId,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="NIfTI, NRRD, MHA, DICOM SEG, RTSTRUCT, or a folder with a mask for each "
            "structure, such as kidney_left.nii.gz.",
        ),
    ],
    project: ProjectFolder,
    label_map: MapOption = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Keep a label file as a new version.

    What the file or its name does not say must be said by --map; --map "*=" leaves out the rest.
    """
    from app.commands.cases_add import import_file

    import_file(project, case, file, label_map or [], author, as_json=as_json)


@cases.command("relink")
def relink(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Where the CTs are now: folders or files."),
    ],
    project: ProjectFolder,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Find CTs again that were moved.

    They are known by their voxels, whatever they are called now. The exit code is 1 if some case
    still misses its CT.
    """
    from app.commands import cases_add

    raise typer.Exit(cases_add.relink(project, paths, author, as_json=as_json))


@cases.command("list")
def list_cases(
    project: ProjectFolder,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            help="new, in-progress, in-review, approved or excluded; may be given again.",
        ),
    ] = None,
    search: Annotated[str, typer.Option(metavar="TEXT", help="Words that must all occur.")] = "",
    split: Annotated[
        str | None,
        typer.Option(metavar="SPLIT", help="train, validation, hold-out or none."),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            metavar="KEY", help="added, name, status, changed or volume; a - in front reverses."
        ),
    ] = "added",
    as_json: AsJson = False,
) -> None:
    """List the cases."""
    from app.commands import cases_list

    cases_list.list_cases(project, status or [], search, split, sort, as_json=as_json)


@cases.command("show")
def show_case(case: CaseId, project: ProjectFolder, as_json: AsJson = False) -> None:
    """Show a case, its versions and its review."""
    from app.commands import cases_list

    cases_list.show_case(project, case, as_json=as_json)


@cases.command("status")
def case_status(
    project: ProjectFolder,
    case: Annotated[
        str | None, typer.Argument(metavar="ID", help="A case. Default: counts of all.")
    ] = None,
    status: Annotated[
        str | None,
        typer.Argument(metavar="STATUS", help="in-progress, in-review or approved."),
    ] = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Count by status, or show or change one.

    Without ID all cases are counted; with STATUS the case is brought there by the step of review
    that leads to it.
    """
    from app.commands import cases_list, cases_review

    if case is None:
        cases_list.count_statuses(project, as_json=as_json)
    elif status is None:
        cases_list.case_status(project, case, as_json=as_json)
    else:
        cases_review.set_status(project, case, status, author, as_json=as_json)


@cases.command("split")
def split(
    project: ProjectFolder,
    shares: Annotated[
        str | None,
        typer.Option(metavar="T,V,H", help="Shares of training, validation and hold-out."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, metavar="N", help="Decides the draw.")] = None,
    extend: Annotated[
        bool, typer.Option("--extend", help="Assign the patients that came since the draw.")
    ] = False,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Draw, show or extend the splits.

    Training, validation and hold-out are drawn by patient, once. Nobody is ever moved.
    Without --shares, --seed and --extend the splits are shown.
    """
    from app.commands import cases_data

    cases_data.split(project, shares, seed, author, extends=extend, as_json=as_json)


@cases.command("measure")
def measure(
    project: ProjectFolder,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID...", help="Cases. Default: all that have labels."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="A .csv or .json to write.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the newest labels.

    Volume in mL, mean and SD of the HU, surface in cm2, the longest diameters in mm.
    """
    from app.commands import cases_data

    raise typer.Exit(cases_data.measure(project, ids or [], out, as_json=as_json))


@cases.command("verify")
def verify(
    project: ProjectFolder,
    quick: Annotated[bool, typer.Option("--quick", help="Leave the label files closed.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove that a project is intact.

    Data base, chain of hashes and label files are checked; if something was damaged, lost or
    changed, the exit code is 1.
    """
    from app.commands import cases_data

    raise typer.Exit(cases_data.verify_project(project, is_quick=quick, as_json=as_json))


def export(
    project: ProjectFolder,
    file_format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="F",
            help="nifti, nrrd, mha, dicom-seg, rtstruct, stl, obj, ply, csv; or with the CTs, as a "
            "data set: decathlon, nnunet, monai.",
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Where to write.")],
    case: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A case, whatever its status; may be given again."),
    ] = None,
    is_all: Annotated[bool, typer.Option("--all", help="All approved cases.")] = False,
    structure: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="What to export; may be given again. Default: all."),
    ] = None,
    deidentify: Annotated[
        bool, typer.Option("--deidentify", help="Write nothing that names a patient.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace older files.")] = False,
    as_json: AsJson = False,
) -> None:
    """Export labels for other programs.

    The newest labels of each case are written; every file is read back before it counts as saved.
    """
    from app.commands import export as command

    code = command.export(
        project,
        case or [],
        file_format,
        out,
        structure or [],
        is_all=is_all,
        deidentifies=deidentify,
        overwrites=overwrite,
        as_json=as_json,
    )
    raise typer.Exit(code)


add_review_commands(cases)

"""Writes a model's card: what it is, what it learned from, and every figure that was measured."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from imaging.errors import ModelError
from inference.model_package import ModelPackage
from training.card_tables import detail_table, overview_table, totals_table
from training.evaluation.result_file import ResultFile, read_result
from training.evaluation.surface_distance import NSD_TOLERANCE_MM
from training.simulated_clicks import BORDER_SHARE, MISS_MM, SECOND_ERROR_SHARE, WRONG_SHARE

NOTES_FILE = "card.toml"
RESULTS_FOLDER = "measured"
CURVE_FILE = "clicks.png"


class DataSource(BaseModel):
    """One row of the table of sources."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    source: str
    licence: str


class MeasuredData(BaseModel):
    """What a person says of one results file, which is named without its ending."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str
    data: str
    note: str = ""


class CardNotes(BaseModel):
    """The part of a card that no program can know; texts are Markdown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    summary: str
    recipe: str
    seeds: str
    sources: tuple[DataSource, ...]
    reading: str = ""
    """What to make of the figures; stands before the tables."""
    known_failures: tuple[str, ...]
    measured: tuple[MeasuredData, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasuredResult:
    """One results file with its notes; ``pictures`` are paths relative to the card."""

    title: str
    note: str
    result: ResultFile
    pictures: tuple[str, ...]


def read_notes(package: ModelPackage) -> CardNotes:
    """The notes in a package's folder.

    Raises:
        ModelError: they are missing, or something in them is.
    """
    file = package.folder / NOTES_FILE
    try:
        return CardNotes.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(
            f"The model {package.id} has no {NOTES_FILE}, which says in words what it learned from "
            "and where it fails. Write one beside its manifest."
        ) from error
    except ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise ModelError(f"{NOTES_FILE} of {package.id}: {where}: {fault['msg']}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"{NOTES_FILE} of {package.id} is no TOML file: {error}.") from error


def stored_results(package: ModelPackage, notes: CardNotes) -> tuple[Path, ...]:
    """The results files in a package's folder, in the order of its notes, others after them."""
    listed = [entry.file for entry in notes.measured]
    files = (package.folder / RESULTS_FOLDER).glob("*.json")

    def place(file: Path) -> tuple[int, str]:
        known = file.stem in listed
        return (listed.index(file.stem) if known else len(listed), file.name)

    return tuple(sorted(files, key=place))


def measured_result(
    file: Path, package: ModelPackage, notes: CardNotes, card_folder: Path
) -> MeasuredResult:
    """A results file with its notes and the pictures in the folder of its name.

    Pictures that do not lie under the card's folder are left out: links to them would break.

    Raises:
        ResultFileError: the file is no report.
        ModelError: it is another model's, or another version's.
    """
    result = read_result(file)
    measured_model = (result.model, result.model_version)
    if measured_model != (package.id, package.version):
        raise ModelError(
            f"{file.name} was measured with {' '.join(measured_model)}, the card is that of "
            f"{package.id} {package.version}. Measure again with: maskwright evaluate --model "
            f"{package.id} --json {file.name}"
        )
    own = next((entry for entry in notes.measured if entry.file == file.stem), None)
    base = card_folder.resolve()
    found = file.resolve().with_suffix("").glob("*.png")
    pictures = sorted(found, key=lambda path: (path.name != CURVE_FILE, path.name))
    return MeasuredResult(
        title=own.data if own else result.data,
        note=own.note if own else "",
        result=result,
        pictures=tuple(
            path.relative_to(base).as_posix() for path in pictures if path.is_relative_to(base)
        ),
    )


def model_card(package: ModelPackage, notes: CardNotes, results: Sequence[MeasuredResult]) -> str:
    """The card as Markdown."""
    parts = [
        f"# {package.id} {package.version}",
        f"{package.title}. **Research use only:** not a medical device.",
        notes.summary.strip(),
        "## Sources and licences",
        _sources(notes.sources),
        f"The package is {package.licence}.",
        "## Training",
        notes.recipe.strip(),
        f"Seeds: {notes.seeds.strip()}",
        "## What was measured",
        _how_it_was_measured(),
        notes.reading.strip(),
        overview_table([(one.title, one.result) for one in results]),
        *(part for one in results for part in _details(one)),
        "## Known failures",
        "\n".join(f"- {failure}" for failure in notes.known_failures),
        "---",
        f"Written by `maskwright models card {package.id}` from `manifest.json`, `{NOTES_FILE}` "
        f"and `{RESULTS_FOLDER}/`: change those, not this file.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def measured_in_manifest(results: Sequence[MeasuredResult]) -> list[dict[str, object]]:
    """The manifest's short form of the results: mean Dice of the exact user."""
    return [
        {
            "data": one.title,
            "structure": structure,
            "cases": summary.cases,
            "dice": {str(n): round(f.mean or 0.0, 3) for n, f in summary.dice.items()},
        }
        for one in results
        for structure, summary in one.result.summary.items()
    ]


def _sources(sources: Sequence[DataSource]) -> str:
    rows = [f"| {one.what} | {one.source} | {one.licence} |" for one in sources]
    return "\n".join(["| what | source | licence |", "| --- | --- | --- |", *rows])


def _how_it_was_measured() -> str:
    return (
        "By `maskwright evaluate`, on the CT's own voxels. The **exact** user clicks the middle of "
        f"the largest error. The **jittered** one misses it by some {MISS_MM:.0f} mm an axis; "
        f"{100 * SECOND_ERROR_SHARE:.0f} % of its clicks go to the second largest error, "
        f"{100 * BORDER_SHARE:.0f} % to the border of an error, and {100 * WRONG_SHARE:.0f} % slip "
        "a voxel or two across it and are wrong. Both start from the automatic mask where the "
        "model has one, else from nothing. NSD is the normalised surface Dice at "
        f"{NSD_TOLERANCE_MM:.0f} mm, HD95 the 95th percentile of the distance between the surfaces "
        "(cases without any mask are left out of its mean). Intervals are percentile bootstraps "
        "over cases. A click is harmful if it lowers the Dice at all."
    )


def _details(one: MeasuredResult) -> list[str]:
    result = one.result
    views = " The automatic network saw each CT once." if result.automatic_views == "one" else ""
    parts = [
        f"### {one.title}",
        f"{one.note} Seed {result.seed}; {result.engine}.{views}".strip(),
        totals_table(result),
    ]
    for structure, summary in result.summary.items():
        for user in summary.by_user():
            parts += [f"**{structure}, {user.user} user**", detail_table(user)]
    for path in one.pictures:
        name = Path(path).stem.replace("_", " ")
        what = "Dice against clicks" if Path(path).name == CURVE_FILE else f"{name}, axial slices"
        parts.append(f"![{what}]({path})")
    return parts

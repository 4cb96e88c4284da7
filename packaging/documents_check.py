"""Runs every command of the five documents on a small synthetic data set; writes the results.

    .venv/bin/python packaging/documents_check.py --work DIR --out docs/documents-check.md

Networks and CTs are made small (packaging/documents_table.toml): what is checked is that each
command does its work, not how well a network learns in one epoch.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import time
import tomllib
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("documents_table.toml")
CASES = 5
SEED = 900
TIME_LIMIT_S = 600
RESULTS = "results.json"
CLICKS = {"frame": "voxel", "spleen": [[170, 150, 25]], "background": [[60, 60, 10]]}

NEW_BUNDLES = {
    "spleen_deepedit": ("spleen_deepedit",),
    "spleen_deepedit_unetr": ("spleen_deepedit", "--network", "unetr"),
    "spleen_unet": ("spleen_unet",),
    "pancreas_dints": ("pancreas_dints",),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row."""

    outcome: str
    seconds: float
    is_failure: bool


def main() -> int:
    """Run the rows that were asked for; 1 if one failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="a folder for data and bundles")
    parser.add_argument("--out", type=Path, help="the table to write, Markdown")
    parser.add_argument("--only", nargs="*", help="ids of rows; default: all")
    arguments = parser.parse_args()
    table = tomllib.loads(TABLE.read_text("utf-8"))
    work: Path = arguments.work.resolve()
    prepare(work)
    results = stored_results(work)
    for row in table["row"]:
        if arguments.only is None or row["id"] in arguments.only:
            result = run_row(row, table["tiny"], work)
            results[row["id"]] = result
            store_results(work, results)
            say(f"{row['id']:24} {result.seconds:6.1f} s  {result.outcome}")
    rows = [row for row in table["row"] if row["id"] in results]
    if arguments.out:
        arguments.out.write_text(as_markdown(rows, results), encoding="utf-8")
    return int(any(results[row["id"]].is_failure for row in rows))


def stored_results(work: Path) -> dict[str, Result]:
    """What earlier calls with this folder found, by row; a call replaces the rows that it runs."""
    path = work / RESULTS
    if not path.is_file():
        return {}
    return {key: Result(**entry) for key, entry in json.loads(path.read_text("utf-8")).items()}


def store_results(work: Path, results: dict[str, Result]) -> None:
    """Keep results for a later call."""
    entries = {key: asdict(result) for key, result in results.items()}
    (work / RESULTS).write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def prepare(work: Path) -> None:
    """Write the data set and the bundles, as far as they are not there yet."""
    work.mkdir(parents=True, exist_ok=True)
    maskwright("sample", str(work / "data"), "--seed", str(SEED), "--count", str(CASES))
    for folder, arguments in NEW_BUNDLES.items():
        if not (work / folder).exists():
            name, *options = arguments
            maskwright("bundle", "new", name, str(work / folder), *options)
    (work / "clicks.json").write_text(json.dumps(CLICKS), encoding="utf-8")


def run_row(row: dict[str, Any], tiny: dict[str, list[str]], work: Path) -> Result:
    """Run one command and look for what it should leave."""
    bundle = work / row.get("bundle", "")
    names = {"data": str(work / "data"), "work": str(work), "b": str(bundle)}
    arguments = [text.format(**names) for text in row["arguments"]]
    settings = [part for text in tiny.get(row.get("bundle", ""), []) for part in ("--set", text)]
    started = time.time()
    begun = time.perf_counter()
    try:
        done = maskwright(*arguments, *settings, is_checked=False)
    except subprocess.TimeoutExpired:
        return Result(f"took longer than {TIME_LIMIT_S} s", TIME_LIMIT_S, True)
    seconds = time.perf_counter() - begun
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    if row.get("needs_gpu") and not has_gpu():
        is_said = done.returncode == 1 and "NVIDIA GPU" in last
        said = last.removeprefix("maskwright: ")
        return Result(f"not here: {said}", seconds, is_failure=not is_said)
    if done.returncode:
        return Result(last, seconds, is_failure=True)
    stale = [
        file
        for file in row.get("leaves", ())
        if not (bundle / file).is_file() or (bundle / file).stat().st_mtime < started - 1
    ]
    if stale:
        return Result(f"did not write {', '.join(stale)}", seconds, is_failure=True)
    return Result("works", seconds, is_failure=False)


def maskwright(*arguments: str, is_checked: bool = True) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does."""
    program = Path(sys.executable).with_name("maskwright")
    return subprocess.run(
        [str(program), *arguments],
        capture_output=True,
        text=True,
        check=is_checked,
        timeout=TIME_LIMIT_S,
    )


def has_gpu() -> bool:
    """True if an NVIDIA driver answers."""
    if shutil.which("nvidia-smi") is None:
        return False
    return subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False).returncode == 0


def as_markdown(rows: list[dict[str, Any]], results: dict[str, Result]) -> str:
    """The table, with what it was made on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("monai", "torch", "numpy"))
    works = sum(not results[row["id"]].is_failure for row in rows)
    lines = [
        "# The documents' commands, run",
        "",
        "Written by `make documents-check`. What each command replaces is in `docs/from-monai.md`.",
        f"{CASES} synthetic CTs, small networks, one or two epochs: it shows that commands work,",
        "not how well networks learn. Where several processes are named, two ran. Seconds count",
        "all: the start of MONAI, and whatever else the computer did.",
        "",
        f"{works} of {len(rows)} as expected. {libraries}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {'with' if has_gpu() else 'without'} a GPU.",
        "",
        "| document | command here | result | seconds |",
        "| --- | --- | --- | ---: |",
    ]
    for row in rows:
        result = results[row["id"]]
        outcome = result.outcome.replace("|", "/")
        lines.append(f"| {row['documents']} | `{row['here']}` | {outcome} | {result.seconds:.0f} |")
    return "\n".join(lines) + "\n"


def say(line: str) -> None:
    """Progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

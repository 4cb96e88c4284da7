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
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("documents_table.toml")
CASES = 5
SEED = 900
TIME_LIMIT_S = 600
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

    row: dict[str, Any]
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
    results = []
    for row in table["row"]:
        if arguments.only and row["id"] not in arguments.only:
            continue
        results.append(run_row(row, table["tiny"], work))
        say(f"{results[-1].row['id']:24} {results[-1].seconds:6.1f} s  {results[-1].outcome}")
    if arguments.out:
        arguments.out.write_text(as_markdown(results), encoding="utf-8")
    return int(any(result.is_failure for result in results))


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
        return Result(row, f"took longer than {TIME_LIMIT_S} s", TIME_LIMIT_S, True)
    seconds = time.perf_counter() - begun
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    if row.get("needs_gpu") and not has_gpu():
        is_said = done.returncode == 1 and "NVIDIA GPU" in last
        said = last.removeprefix("maskwright: ")
        return Result(row, f"not here: {said}", seconds, is_failure=not is_said)
    if done.returncode:
        return Result(row, last, seconds, is_failure=True)
    stale = [
        file
        for file in row.get("leaves", ())
        if not (bundle / file).is_file() or (bundle / file).stat().st_mtime < started - 1
    ]
    if stale:
        return Result(row, f"did not write {', '.join(stale)}", seconds, is_failure=True)
    return Result(row, "works", seconds, is_failure=False)


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


def as_markdown(results: list[Result]) -> str:
    """The table, with what it was made on."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("monai", "torch", "numpy"))
    works = sum(not result.is_failure for result in results)
    lines = [
        "# The documents' commands, run",
        "",
        "Written by `make documents-check`. What each command replaces is in `docs/from-monai.md`.",
        f"{CASES} synthetic CTs, small networks, one or two epochs: it shows that commands work,",
        "not how well networks learn.",
        "",
        f"{works} of {len(results)} as expected. {libraries}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, {'with' if has_gpu() else 'without'} a GPU.",
        "",
        "| document | command here | result | seconds |",
        "| --- | --- | --- | ---: |",
    ]
    for result in results:
        row = result.row
        outcome = result.outcome.replace("|", "/")
        lines.append(f"| {row['documents']} | `{row['here']}` | {outcome} | {result.seconds:.0f} |")
    return "\n".join(lines) + "\n"


def say(line: str) -> None:
    """Progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())

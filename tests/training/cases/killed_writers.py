"""Kills writers of a project at random instants and looks at what they left; prints JSON.

Run by ``test_killed_writers.py``; by hand with more kills:
``python tests/training/cases/killed_writers.py FOLDER --kills 2000``. It forks each writer from
one process that has all libraries loaded, which makes a kill cost milliseconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sqlite3
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from imaging.geometry import VolumeGeometry
from training.cases import project as project_module
from training.cases.project import DATABASE, Project
from training.cases.provenance import ManualStep, Provenance
from training.cases.records import (
    CaseSource,
    CaseStatus,
    LabelDraft,
    NewCase,
    SourceKind,
    VersionKind,
)
from training.cases.schema import MIGRATIONS
from training.cases.verification import verify

SHAPE = (9, 14, 11)
MAX_LIFE_S = 0.25
"""Writers are killed within the time that one round of work takes here, but not later than this."""

EXTRA_MIGRATIONS = tuple(
    (f"ALTER TABLE cases ADD COLUMN extra_{n} TEXT NOT NULL DEFAULT 'x'", f"CREATE TABLE t{n} (a)")
    for n in range(4)
)


@dataclass
class Result:
    """What became of all the kills."""

    kills: int = 0
    cut_short: int = 0
    """Writers that were killed at work, not before they opened the project."""
    acknowledged: int = 0
    lost: int = 0
    slowest_opening_s: float = 0.0
    problems: list[str] | None = None
    migrated: int = 0


def geometry() -> VolumeGeometry:
    """An oblique grid."""
    a = np.deg2rad(12.0)
    direction = np.array([[0, -np.sin(a), np.cos(a)], [0, np.cos(a), np.sin(a)], [1, 0, 0]])
    return VolumeGeometry.from_parts(SHAPE, (1.0, -20.0, 3.0), (2.5, 0.8, 0.9), direction)


def work(folder: Path, seed: int, acknowledge: int) -> None:
    """Add, save, approve and reopen for ever; each acknowledgement is one line, written at once."""

    def done(*words: object) -> None:
        os.write(acknowledge, (" ".join(map(str, words)) + "\n").encode())

    rng = np.random.default_rng(seed)
    grid = geometry()
    with Project.open(folder, author="writer") as project:
        done("open")
        while True:
            source = CaseSource(SourceKind.FILE, folder, f"ct {seed} {rng.integers(2**60)}")
            case = project.cases.add(NewCase(f"case {seed}", source, grid, "key"))
            done("case", case.id)
            for _ in range(2):
                version = project.versions.save(
                    case.id, VersionKind.INTERIM, draft(rng, grid, case.id)
                )
                done("version", version.id, version.content_sha256)
            project.review.submit(case.id)
            version = project.review.approve(case.id, draft(rng, grid, case.id))
            done("version", version.id, version.content_sha256)
            done("approved", case.id)


def draft(rng: np.random.Generator, grid: VolumeGeometry, seed: int) -> LabelDraft:
    """Random labels with a provenance."""
    labels = rng.integers(0, 4, SHAPE).astype(np.uint8)
    return LabelDraft(labels, grid, Provenance(steps=(ManualStep(f"stroke {seed}", 5),)))


def start(child: Callable[[int], None]) -> tuple[int, int]:
    """Fork a writer; returns its process id and where to read what it acknowledges."""
    read_end, write_end = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read_end)
        try:
            child(write_end)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)
    os.close(write_end)
    return process, read_end


def life_of_one_round(folder: Path) -> float:
    """Seconds from the start of a writer to its first approval."""
    started_s = time.monotonic()
    process, read_end = start(lambda pipe: work(folder, 2**31, pipe))
    with os.fdopen(read_end, "rb") as pipe:
        for line in pipe:
            if line.startswith(b"approved"):
                break
    life_s = time.monotonic() - started_s
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return min(life_s, MAX_LIFE_S)


def kill_after(seconds: float, child: Callable[[int], None]) -> list[list[str]]:
    """Start a writer, kill it, and return what it acknowledged, as words."""
    process, read_end = start(child)
    time.sleep(seconds)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    with os.fdopen(read_end, "rb") as pipe:
        lines = pipe.read().decode().splitlines(keepends=True)
    return [line.split() for line in lines if line.endswith("\n")]


def is_kept(project: Project, words: list[str]) -> bool:
    """Whether what was acknowledged is there, whole."""
    if words[0] == "case":
        return project.cases.get(int(words[1])).id == int(words[1])
    if words[0] == "version":
        version = project.versions.get(int(words[1]))
        labels = project.versions.read(version.id).labels
        return version.content_sha256 == words[2] and labels.shape == SHAPE
    if words[0] == "approved":
        return project.cases.get(int(words[1])).status is CaseStatus.APPROVED
    return True


def kill_at_work(folder: Path, kills: int, seed: int, result: Result) -> None:
    """Kill writers that add, save and approve, and open the project after each."""
    rng = random.Random(seed)
    Project.create(folder, author="first").close()
    life_s = life_of_one_round(folder)
    problems = set()
    for n in range(kills):
        words = kill_after(rng.uniform(0, life_s), lambda pipe, n=n: work(folder, n, pipe))
        result.kills += 1
        result.cut_short += bool(words)
        started_s = time.monotonic()
        with Project.open(folder, author="next") as project:
            project.cases.listed()
            result.slowest_opening_s = max(result.slowest_opening_s, time.monotonic() - started_s)
            if project.is_read_only:
                problems.add(str(project.read_only_reason))
            for entry in words:
                result.acknowledged += 1
                result.lost += not is_kept(project, entry)
            problems.update(verify(project, is_quick=True).problems)
    with Project.open(folder, author="last") as project:
        problems.update(verify(project).problems)
    result.problems = sorted({*(result.problems or ()), *problems})


def kill_at_migration(folder: Path, kills: int, seed: int, result: Result) -> None:
    """Kill programs that renew an old data base: it is an old one or a new one, never between."""
    rng = random.Random(seed)
    old = (folder / DATABASE).read_bytes()
    with Project.open(folder) as project:
        count = len(project.cases.listed())

    def renew(_pipe: int) -> None:
        project_module.MIGRATIONS = (*MIGRATIONS, *EXTRA_MIGRATIONS)
        Project.open(folder, author="renewer").close()

    def put_back() -> None:
        for suffix in ("-wal", "-shm"):
            (folder / f"{DATABASE}{suffix}").unlink(missing_ok=True)
        (folder / DATABASE).write_bytes(old)

    started_s = time.monotonic()
    process, read_end = start(renew)
    os.waitpid(process, 0)
    os.close(read_end)
    life_s = min(time.monotonic() - started_s, MAX_LIFE_S)
    put_back()
    problems = set()
    for _ in range(kills):
        kill_after(rng.uniform(0, life_s), renew)
        result.kills += 1
        with closing(sqlite3.connect(folder / DATABASE)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            tables = connection.execute(
                "SELECT count(*) FROM sqlite_master WHERE name GLOB 't[0-9]'"
            ).fetchone()[0]
            cases = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
            check = connection.execute("PRAGMA quick_check").fetchone()[0]
        result.migrated += version - len(MIGRATIONS)
        if (tables, cases, check) != (version - len(MIGRATIONS), count, "ok"):
            problems.add(f"version {version}: {tables} tables, {cases} cases, {check}")
        for backup in (folder / "backups").glob("project-version-*"):
            with closing(sqlite3.connect(backup)) as connection:
                if connection.execute("SELECT count(*) FROM cases").fetchone()[0] != count:
                    problems.add("a backup is not whole")
            backup.unlink()
        put_back()
    result.problems = sorted({*(result.problems or ()), *problems})


def main() -> None:
    """Do it and print the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    result = Result()
    at_migration = options.kills // 4
    kill_at_work(options.folder, options.kills - at_migration, options.seed, result)
    kill_at_migration(options.folder, at_migration, options.seed, result)
    sys.stdout.write(json.dumps(asdict(result)) + "\n")


if __name__ == "__main__":
    main()

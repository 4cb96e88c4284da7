"""A thousand cases: complete lists, and how long they take (``pytest -s`` prints it)."""

import json
import os
import time
import tracemalloc
from dataclasses import asdict, dataclass

import pytest

from training.cases.project import Project
from training.cases.records import (
    CaseOrder,
    CaseQuery,
    CaseSource,
    NewCase,
    SourceKind,
    Split,
    VersionKind,
)

CASES = int(os.environ.get("MASKWRIGHT_BENCHMARK_CASES", "1000"))
THUMBNAIL_BYTES = 12_000
"""A PNG of 96 x 96 grey pixels is about as large."""


@dataclass(frozen=True, slots=True)
class ListTimes:
    """Seconds, the best of a few; memory that listing all cases leaves behind."""

    opening_s: float
    listing_s: float
    searching_s: float
    filtering_s: float
    counting_s: float
    kept_bytes: int


def best_of(function, turns=3):
    times = []
    for _ in range(turns):
        started_s = time.perf_counter()
        function()
        times.append(time.perf_counter() - started_s)
    return min(times)


def list_times(folder):
    """How long a window waits for its list of cases; the benchmark of the store."""
    started_s = time.perf_counter()
    with Project.open(folder) as project:
        project.cases.listed()
        opening_s = time.perf_counter() - started_s
        cases = project.cases
        by_split = CaseQuery(splits=frozenset({Split.HOLD_OUT}), order=CaseOrder.NAME)
        times = {
            "listing_s": best_of(cases.listed),
            "searching_s": best_of(lambda: cases.listed(CaseQuery("spleen anna"))),
            "filtering_s": best_of(lambda: cases.listed(by_split)),
            "counting_s": best_of(cases.status_counts),
        }
        tracemalloc.start()
        before = tracemalloc.take_snapshot()
        listed = cases.listed()
        after = tracemalloc.take_snapshot()
        tracemalloc.stop()
        kept = sum(entry.size_diff for entry in after.compare_to(before, "filename"))
        assert len(listed) == CASES
    return ListTimes(opening_s, **times, kept_bytes=kept)


@pytest.fixture
def large_project(project, oblique_geometry, draft):
    """A thousand cases, each with a thumbnail; every tenth with labels. Nothing is flushed."""
    with project.database.maintain() as connection:
        connection.execute("PRAGMA synchronous = OFF")
    for n in range(CASES):
        source = CaseSource(SourceKind.FILE, project.folder.parent / f"{n}.nii.gz", f"content {n}")
        project.cases.add(
            NewCase(
                f"case {n}",
                source,
                oblique_geometry,
                f"patient {n // 2}",
                thumbnail_png=bytes(THUMBNAIL_BYTES),
            )
        )
        if n % 10 == 7:
            project.versions.save(n + 1, VersionKind.INTERIM, draft())
    project.splits.draw()
    return project


@pytest.mark.slow
def test_a_thousand_cases_are_listed_searched_and_filtered_completely(large_project):
    cases = large_project.cases
    assert len(cases.listed()) == CASES
    assert [case.id for case in cases.listed(CaseQuery("case 77"))][:1] == [78]
    drawn = sum(len(cases.listed(CaseQuery(splits=frozenset({split})))) for split in Split)
    assert drawn == CASES
    large_project.close()
    times = list_times(large_project.folder)
    assert times.kept_bytes < 3_000 * CASES  # the thumbnails would be four times as much
    print(f"{CASES} cases: {json.dumps(asdict(times))}")  # noqa: T201 - shown by "pytest -s"

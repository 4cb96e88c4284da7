from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.gui.case_line import case_line, case_title, when_text
from training.cases.records import CaseStatus, Split, StructureVolume

NOON = datetime(2026, 3, 4, 12, 0).astimezone()


@pytest.fixture
def record(project_bench, held_executor, study):
    projects = project_bench.projects
    projects.open_project(study)
    held_executor.run_all()
    return replace(
        projects.listing.records[0],
        volumes=(StructureVolume("spleen", 201.4), StructureVolume("pancreas", 78.2)),
        split=Split.HOLD_OUT,
        changed_by="Anna",
        changed_at=NOON.astimezone(UTC),
    )


def test_a_case_says_its_structures_volume_person_day_and_split(record):
    line = case_line(record, now=NOON + timedelta(days=2))

    assert line.contents == "Spleen, pancreas"
    assert line.details == "280 mL · Anna · 4 Mar · hold-out"
    assert (line.name, line.pseudonym) == ("liver 1", "P0001")
    assert "spleen: 201.4 mL" in line.tooltip


@pytest.mark.parametrize("status", list(CaseStatus))
def test_every_status_is_a_word_beside_its_colour(record, status):
    line = case_line(replace(record, status=status))

    assert line.status_word.lower() == status.value
    assert line.status_color
    assert line.is_excluded == (status is CaseStatus.EXCLUDED)


def test_an_excluded_case_gives_its_reason(record):
    line = case_line(replace(record, status=CaseStatus.EXCLUDED, status_reason="motion"))

    assert line.contents == "Motion"


def test_a_name_that_holds_the_pseudonym_is_not_said_twice(record):
    assert case_title(record) == "liver 1 · P0001"
    assert case_title(replace(record, name="P0001 Abdomen")) == "P0001 Abdomen"


@pytest.mark.parametrize(
    ("later", "text"),
    [
        (timedelta(hours=3), "today 12:00"),
        (timedelta(days=2), "4 Mar 12:00"),
        (timedelta(days=400), "4 Mar 2026"),
    ],
)
def test_a_time_is_as_short_as_can_be(later, text):
    assert when_text(NOON, NOON + later) == text

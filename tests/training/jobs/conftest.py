"""A project's queue, on a clock that ticks by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from training.cases.project import Project
from training.jobs.job import FineTuneSettings
from training.jobs.job_queue import JobQueue


@pytest.fixture
def clock():
    """Each look at it is a second later."""
    now = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def tick():
        nonlocal now
        now += timedelta(seconds=1)
        return now

    return tick


@pytest.fixture
def folder(tmp_path):
    """The folder of an empty project."""
    Project.create(tmp_path / "study", author="Anna").close()
    return tmp_path / "study"


@pytest.fixture
def queue(folder, clock):
    with JobQueue.open(folder, author="Anna", clock=clock) as opened:
        yield opened


@pytest.fixture
def settings():
    return FineTuneSettings("abdomen_click_small")

"""A project of three cases that is open, and what its controllers said."""

from dataclasses import dataclass, field

import pytest


@dataclass
class Table:
    """The controllers, the executor behind them, and every sentence they told."""

    bench: object
    executor: object
    told: list = field(default_factory=list)

    def run(self):
        self.executor.run_all()

    def open(self, case_id):
        self.bench.opener.open_case(case_id)
        self.run()
        return self.bench.opener.opened.session

    @property
    def records(self):
        return self.bench.projects.listing.records

    @property
    def project(self):
        return self.bench.projects.project

    def status_of(self, case_id):
        return self.project.cases.get(case_id).status


@pytest.fixture
def table(project_bench, held_executor, study):
    table = Table(project_bench, held_executor)
    bench = project_bench
    for controller in (bench.projects, bench.opener, bench.versions, bench.review, bench.autosave):
        controller.failed.connect(table.told.append)
    for controller in (bench.versions, bench.review):
        controller.noticed.connect(table.told.append)
    bench.review.done.connect(table.told.append)
    bench.projects.open_project(study)
    table.run()
    return table

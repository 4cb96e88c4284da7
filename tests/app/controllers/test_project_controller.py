import pytest

from training.cases.project import Project
from training.cases.records import CaseOrder, CaseQuery, CaseStatus


def test_an_opened_project_is_listed_with_counts(table):
    assert [record.name for record in table.records] == ["liver 1", "liver 2", "liver 3"]
    assert table.bench.projects.listing.count_of(CaseStatus.NEW) == 3
    assert table.bench.projects.listing.undone_count == 3
    assert table.bench.projects.settings.name == "study"


def test_a_search_lists_what_matches_in_the_order_asked_for(table):
    table.bench.projects.search(CaseQuery("LIVER", order=CaseOrder.NAME, is_descending=True))
    table.run()
    assert [record.id for record in table.records] == [3, 2, 1]

    table.bench.projects.search(CaseQuery("2"))
    table.run()
    assert [record.id for record in table.records] == [2]
    assert table.bench.projects.listing.case_count == 3


def test_a_second_opening_is_read_only_and_changes_nothing(table, study):
    with Project.open(study) as second:
        assert second.is_read_only
    assert table.bench.projects.may_write

    table.bench.projects.open_project(study)  # the same one again
    table.run()
    assert table.bench.projects.may_write


def test_a_folder_that_is_no_project_is_a_sentence_and_the_open_one_stays(table, tmp_path):
    table.bench.projects.open_project(tmp_path)
    table.run()

    assert "is no project" in table.told[0]
    assert table.project is not None


def test_closing_waits_for_writes_and_lets_the_next_one_write(table, study):
    table.bench.projects.write("Renaming", lambda project: project.cases.rename(1, "liver one"))
    table.bench.projects.close_project()

    with Project.open(study) as again:
        assert not again.is_read_only
        assert again.cases.get(1).name == "liver one"


def test_a_write_that_fails_is_a_sentence_and_later_ones_go_on(table):
    table.bench.projects.write("Reopening", lambda project: project.review.reopen(1))
    table.bench.projects.write("Renaming", lambda project: project.cases.rename(1, "liver one"))
    table.run()

    assert len(table.told) == 1
    assert table.records[0].name == "liver one"


def test_thumbnails_arrive_one_by_one(table):
    table.project.cases.set_thumbnail(2, b"picture")
    seen = []
    table.bench.projects.thumbnail_read.connect(lambda case_id, png: seen.append((case_id, png)))
    table.bench.projects.read_thumbnails((1, 2))
    table.run()

    assert seen == [(1, b""), (2, b"picture")]


@pytest.mark.parametrize(
    ("start", "step", "wanted"), [(None, 1, 1), (1, 1, 3), (3, 1, 1), (1, -1, 3), (None, -1, 3)]
)
def test_the_neighbour_to_do_skips_what_is_done_and_goes_around(table, start, step, wanted):
    table.project.review.exclude(2, "motion")
    table.bench.projects.refresh()
    table.run()

    assert table.bench.projects.neighbour(start, step).id == wanted


def test_without_a_case_to_do_there_is_no_neighbour(table):
    for case_id in (2, 3):
        table.project.review.exclude(case_id, "motion")
    table.bench.projects.refresh()
    table.run()

    assert table.bench.projects.neighbour(1, 1) is None

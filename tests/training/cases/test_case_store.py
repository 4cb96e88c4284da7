from dataclasses import replace

import numpy as np
import pytest

from imaging.errors import CaseError, ProjectError
from training.cases.project import Project
from training.cases.records import (
    CaseOrder,
    CaseQuery,
    CaseSource,
    CaseStatus,
    NewCase,
    ProjectSettings,
    SourceKind,
    Split,
    VersionKind,
)


def names(project, **query):
    return [case.name for case in project.cases.listed(CaseQuery(**query))]


def test_a_new_case_is_listed_with_who_added_it_and_when(project, add_case, oblique_geometry):
    case = add_case(project)
    assert project.cases.listed() == (case,)
    assert (case.status, case.added_by, case.version_count) == (CaseStatus.NEW, "Anna", 0)
    assert case.shape_kji == oblique_geometry.shape
    assert case.spacing_kji_mm == pytest.approx((3.0, 0.9, 0.7))
    assert case.added_at.isoformat() > "2026-03-01T09:00:00+00:00"


def test_the_grid_of_a_ct_comes_back_exactly(project, add_case, oblique_geometry):
    geometry = project.cases.geometry(add_case(project).id)
    np.testing.assert_array_equal(geometry.affine, oblique_geometry.affine)
    assert geometry.shape == oblique_geometry.shape


def test_the_same_ct_is_not_added_twice(project, add_case):
    first = add_case(project, "Liver 1", content="same")
    with pytest.raises(CaseError, match='as case 1 "Liver 1"'):
        add_case(project, "Another name", content="same")
    assert names(project) == ["Liver 1"]
    assert project.cases.duplicate_of("same") == first
    assert project.cases.duplicate_of("other") is None


def test_a_name_that_is_taken_gets_a_number(project, add_case):
    add_case(project, "Liver", content="1")
    add_case(project, "LIVER", content="2")
    assert add_case(project, "liver", content="3").name == "liver (3)"
    assert names(project)[1] == "LIVER (2)"


def test_each_patient_has_one_pseudonym(project, add_case):
    first = add_case(project, "a", patient="Doe")
    second = add_case(project, "b", patient="Roe")
    again = add_case(project, "c", patient="Doe")
    assert [first.pseudonym, second.pseudonym, again.pseudonym] == ["P0001", "P0002", "P0001"]
    assert first.patient_key == again.patient_key != second.patient_key


def test_pseudonyms_of_others_do_not_disturb_the_counting(project, add_case, oblique_geometry):
    source = CaseSource(SourceKind.FILE, project.folder / "x.nii", "x")
    project.cases.add(NewCase("x", source, oblique_geometry, "key", pseudonym="P0041"))
    project.cases.add(
        NewCase("y", replace(source, content_sha256="y"), oblique_geometry, "k", pseudonym="XQ")
    )
    assert add_case(project, "z").pseudonym == "P0042"


@pytest.mark.parametrize("wanted", ["Liver 7", "liver 7", " LIVER 7 ", "2", 2])
def test_a_case_is_found_by_name_or_number(project, add_case, wanted):
    add_case(project, "Liver 1")
    case = add_case(project, "Liver 7")
    assert project.cases.find(wanted) == case


def test_a_number_that_means_two_cases_is_asked_about(project, add_case):
    add_case(project, "2")
    add_case(project, "other")
    with pytest.raises(CaseError, match='id:1 for "2" or id:2 for "other"'):
        project.cases.find("2")
    assert project.cases.find("id:1").name == "2"
    assert project.cases.find(2).name == project.cases.find("id:2").name == "other"


def test_a_case_whose_name_is_its_number_is_no_riddle(project, add_case):
    add_case(project, "1")
    assert project.cases.find("1").name == "1"


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [("Livr 1", "Did you mean Liver 1"), ("zzz", "list of cases"), (99, "no case 99")],
)
def test_a_case_that_is_not_there_is_a_sentence(project, add_case, wanted, sentence):
    add_case(project)
    with pytest.raises(CaseError, match=sentence):
        project.cases.find(wanted)


def test_a_search_finds_all_words_in_name_pseudonym_structure_file_or_person(
    project, add_case, draft
):
    add_case(project, "Ärztehaus 1")
    case = add_case(project, "Other")
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    assert names(project, text="ärzteHAUS") == ["Ärztehaus 1"]
    assert names(project, text="spleen anna") == ["Other"]
    assert names(project, text="P0002") == ["Other"]
    assert names(project, text="nii.gz") == ["Ärztehaus 1", "Other"]
    assert names(project, text="spleen 1") == []
    assert names(project, text="%") == []


def test_the_folder_of_a_ct_is_not_searched(project, add_case):
    add_case(project)
    assert names(project, text=project.folder.parent.name) == []


def test_cases_are_filtered_by_status_flag_and_split(project, add_case, draft):
    cases = [add_case(project, f"c{n}") for n in range(3)]
    project.review.flag(cases[0].id)
    project.review.exclude(cases[1].id, "metal artefacts")
    project.versions.save(cases[2].id, VersionKind.INTERIM, draft())
    assert names(project, is_flagged=True) == ["c0"]
    assert names(project, is_flagged=False) == ["c1", "c2"]
    both = frozenset({CaseStatus.EXCLUDED, CaseStatus.IN_PROGRESS})
    assert names(project, statuses=both) == ["c1", "c2"]
    assert names(project, text="metal") == ["c1"]
    assert names(project, splits=frozenset({None})) == ["c0", "c1", "c2"]
    project.splits.draw()
    assert names(project, splits=frozenset({None})) == ["c1"]
    drawn = frozenset(Split)
    assert names(project, splits=drawn) == ["c0", "c2"]
    counts = {count.status: count.count for count in project.cases.status_counts()}
    assert counts == {
        CaseStatus.NEW: 1,
        CaseStatus.IN_PROGRESS: 1,
        CaseStatus.IN_REVIEW: 0,
        CaseStatus.APPROVED: 0,
        CaseStatus.EXCLUDED: 1,
    }


def test_cases_are_sorted_as_people_count(project, add_case, draft):
    for name in ("P10", "p2", "P1"):
        add_case(project, name)
    project.versions.save(2, VersionKind.INTERIM, draft(5))
    project.versions.save(3, VersionKind.AUTOMATIC, draft(2))
    assert names(project) == ["P10", "p2", "P1"]
    assert names(project, order=CaseOrder.NAME) == ["P1", "p2", "P10"]
    assert names(project, order=CaseOrder.VOLUME, is_descending=True) == ["p2", "P1", "P10"]
    assert names(project, order=CaseOrder.STATUS) == ["P10", "P1", "p2"]
    assert names(project, order=CaseOrder.CHANGED) == ["P10", "p2", "P1"]


def test_a_case_is_renamed_but_not_to_the_name_of_another(project, add_case):
    case = add_case(project, "a")
    add_case(project, "b")
    assert project.cases.rename(case.id, " Spleen  study ").name == "Spleen study"
    assert names(project, text="study") == ["Spleen study"]
    with pytest.raises(CaseError, match="Case 2 has the name"):
        project.cases.rename(case.id, "B")
    with pytest.raises(CaseError, match="needs a name"):
        project.cases.rename(case.id, "  ")
    assert project.cases.rename(case.id, "SPLEEN study").name == "SPLEEN study"


def test_thumbnails_are_kept_apart_from_the_list(project, add_case):
    case = add_case(project, thumbnail=b"one")
    assert project.cases.thumbnail(case.id) == b"one"
    project.cases.set_thumbnail(case.id, b"two")
    assert project.cases.thumbnail(case.id) == b"two"
    assert project.cases.thumbnail(add_case(project, "b").id) is None


def test_a_ct_that_is_gone_is_a_sentence_and_can_be_shown_again(project, add_case, tmp_path):
    case = add_case(project)
    assert project.cases.source_path(case.id) == case.source.path
    moved = case.source.path.rename(tmp_path / "moved.nii.gz")
    with pytest.raises(CaseError, match=r"is not at .* any more.*relink"):
        project.cases.source_path(case.id)
    project.cases.relink(case.id, replace(case.source, path=moved))
    assert project.cases.source_path(case.id) == moved


def test_a_ct_that_has_changed_is_a_sentence(project, add_case):
    case = add_case(project)
    project.cases.check_content(case.id, case.source.content_sha256)
    with pytest.raises(CaseError, match="is not the CT"):
        project.cases.check_content(case.id, "other content")


def test_a_case_cannot_be_linked_to_another_ct(project, add_case):
    case = add_case(project)
    with pytest.raises(CaseError, match="is not the CT"):
        project.cases.relink(case.id, replace(case.source, content_sha256="other"))
    assert project.cases.get(case.id) == case


def test_a_project_with_its_own_cts_can_be_moved(project, tmp_path, oblique_geometry):
    inside = project.cts_folder / "a" / "ct.nii.gz"
    inside.parent.mkdir(parents=True)
    inside.touch()
    project.cases.add(
        NewCase("a", CaseSource(SourceKind.FILE, inside, "a"), oblique_geometry, "key")
    )
    project.close()
    project.folder.rename(tmp_path / "elsewhere")
    with Project.open(tmp_path / "elsewhere") as moved:
        expected = tmp_path / "elsewhere" / "cts" / "a" / "ct.nii.gz"
        assert moved.cases.source_path(1) == expected


def test_a_closed_project_says_so(project):
    project.close()
    with pytest.raises(ProjectError, match="closed"):
        project.cases.listed()
    with pytest.raises(ProjectError, match="closed"):
        project.change_settings(ProjectSettings("x"))

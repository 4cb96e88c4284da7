"""A structure that a model brought is one like all others, in cases, checks and exports."""

import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from imaging import structures
from imaging.readers.segment_names import SegmentNames
from imaging.structures import add_structure, structure_by_name
from imaging.volume import Volume
from training.cases.compare import compare_labels
from training.cases.exportable_case import exportable_case
from training.cases.label_names import structure_of_name
from training.cases.quality_checks import check_labels
from training.cases.records import VersionKind
from training.cases.version_rows import structure_volumes


@pytest.fixture
def first_vertebra(monkeypatch):
    """Two structures that the organ table lacks; one of them is in the labels below."""
    for table in ("_BY_NAME", "_BY_VALUE"):
        monkeypatch.setattr(structures, table, dict(getattr(structures, table)))
    add_structure("vertebra l2", 64)
    return add_structure("vertebra l1", 92)


@pytest.fixture
def labels(oblique_geometry, first_vertebra):
    array = np.zeros(oblique_geometry.shape, np.uint8)
    array[2:5, 3:8, 4:9] = first_vertebra.label_value
    return array


@pytest.fixture
def volume(oblique_geometry):
    return Volume(np.full(oblique_geometry.shape, 40, np.int16), oblique_geometry)


def test_a_case_lists_it_where_it_is_labelled(volume, labels):
    session = CaseSession(volume, ("spleen",), labels=labels)
    assert [structure.name for structure in session.structures] == ["spleen", "vertebra l1"]


def test_the_checks_know_it_and_find_nothing_unusual(volume, labels):
    assert check_labels(labels, volume) == ()


def test_its_volume_and_differences_are_told_by_name(volume, labels):
    (row,) = structure_volumes(labels, volume.geometry)
    assert row.structure == "vertebra l1"
    (difference,) = compare_labels(labels, labels, volume.geometry)
    assert difference.structure == "vertebra l1"


def test_an_export_has_it(project, add_case, draft, first_vertebra):
    case = add_case(project)
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    exported = exportable_case(project, project.cases.get(case.id), "one", ())
    assert exported.structures == (first_vertebra,)


def test_names_that_differ_in_a_digit_only_are_told_apart(first_vertebra):
    assert structure_of_name("Vertebra_L1") == first_vertebra
    assert structure_of_name("vertebra l2") == structure_by_name("vertebra l2")
    assert structure_of_name("vertebra l3") is None


def test_an_unknown_segment_never_gets_its_label_value(first_vertebra):
    names = SegmentNames("seg.dcm")
    given = {names.label_value(None, f"part {number}") for number in range(90)}
    assert not given & {64, first_vertebra.label_value}

import gzip
import hashlib

import numpy as np
import pytest
import SimpleITK as sitk

from imaging.clicks import Click
from imaging.errors import CaseError, GeometryMismatchError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from training.cases.provenance import ClickStep, GoBackStep, ModelUsed, Provenance
from training.cases.records import CaseStatus, LabelDraft, StoredLabels, VersionKind
from training.cases.verification import verify


@pytest.fixture
def case(project, add_case):
    return add_case(project)


def test_labels_come_back_voxel_by_voxel_on_the_grid_of_their_ct(
    project, case, draft, labels, oblique_geometry
):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    stored = project.versions.read(version.id)
    np.testing.assert_array_equal(stored.labels, labels)
    np.testing.assert_array_equal(stored.geometry.affine, oblique_geometry.affine)
    assert not stored.labels.flags.writeable


def test_another_program_reads_the_label_file(project, case, draft, labels, label_file):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    path = label_file(project, version.content_sha256)
    assert path.parent.name == version.content_sha256[:2]
    image = sitk.ReadImage(str(path))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(image), labels)


def test_a_flipped_grid_keeps_its_labels(project, add_case, flipped_geometry):
    case = add_case(project, geometry=flipped_geometry)
    labels = np.zeros(flipped_geometry.shape, np.uint8)
    labels[1:4, 2:9, 3:20] = 7
    version = project.versions.save(
        case.id, VersionKind.IMPORTED, LabelDraft(labels, flipped_geometry)
    )
    np.testing.assert_array_equal(project.versions.read(version.id).labels, labels)


def test_the_case_shows_volumes_model_and_author_of_its_newest_version(project, case, draft):
    provenance = Provenance(model=ModelUsed("abdomen", "1.0", "ff"))
    version = project.versions.save(case.id, VersionKind.INTERIM, draft(provenance=provenance))
    shown = project.cases.get(case.id)
    voxel_ml = 3.0 * 0.9 * 0.7 / 1000
    assert shown.structures == ("spleen", "liver")
    assert [v.volume_ml for v in shown.volumes] == pytest.approx(
        [6 * 16 * 26 * voxel_ml, 2 * 5 * 8 * voxel_ml], abs=1e-6
    )
    assert shown.volumes == version.volumes
    assert (shown.version_id, shown.version_count) == (version.id, 1)
    assert (shown.model, shown.changed_by) == ("abdomen 1.0", "Anna")
    assert shown.changed_at == version.created_at


def test_a_value_without_a_structure_is_named_by_its_number(project, case, draft):
    labels = np.full_like(draft().labels, 200)
    version = project.versions.save(
        case.id, VersionKind.IMPORTED, LabelDraft(labels, draft().geometry)
    )
    assert [volume.structure for volume in version.volumes] == ["label 200"]


def test_versions_count_within_their_case_and_know_their_parents(project, case, add_case, draft):
    other = add_case(project, "other")
    first = project.versions.save(case.id, VersionKind.AUTOMATIC, draft(3))
    elsewhere = project.versions.save(other.id, VersionKind.AUTOMATIC, draft(3))
    second = project.versions.save(case.id, VersionKind.INTERIM, draft(4, parent_id=first.id))
    assert [first.number, elsewhere.number, second.number] == [1, 1, 2]
    assert project.versions.of_case(case.id) == (first, second)
    assert project.versions.newest(case.id) == second
    assert project.versions.numbered(case.id, 1) == first
    assert project.versions.lineage(second.id) == (first, second)
    with pytest.raises(CaseError, match="has no version 3; it has versions 1 to 2"):
        project.versions.numbered(case.id, 3)
    with pytest.raises(CaseError, match="no such earlier version"):
        project.versions.save(other.id, VersionKind.INTERIM, draft(parent_id=first.id))
    with pytest.raises(CaseError, match="no such version"):
        project.versions.read(77)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (VersionKind.INTERIM, CaseStatus.IN_PROGRESS),
        (VersionKind.AUTOMATIC, CaseStatus.NEW),
        (VersionKind.IMPORTED, CaseStatus.NEW),
    ],
)
def test_only_work_by_hand_begins_a_case(project, case, draft, kind, status):
    project.versions.save(case.id, kind, draft())
    assert project.cases.get(case.id).status is status


def test_equal_labels_share_a_file_and_never_a_version(project, case, draft):
    first = project.versions.save(case.id, VersionKind.INTERIM, draft())
    second = project.versions.save(case.id, VersionKind.INTERIM, draft(note="the same"))
    assert first.content_sha256 == second.content_sha256
    assert (first.number, second.number) == (1, 2)
    assert len(project.label_files.contents()) == 1


def test_labels_on_another_grid_are_refused(project, case, draft):
    shifted = draft().geometry.affine.copy()
    shifted[0, 3] += 1.0
    geometry = VolumeGeometry(draft().geometry.shape, shifted)
    with pytest.raises(GeometryMismatchError, match="do not lie on the voxel grid"):
        project.versions.save(case.id, VersionKind.INTERIM, LabelDraft(draft().labels, geometry))
    assert project.versions.of_case(case.id) == ()


def test_going_back_makes_a_new_version_with_the_old_labels(project, case, draft):
    first = project.versions.save(case.id, VersionKind.INTERIM, draft(3))
    second = project.versions.save(case.id, VersionKind.INTERIM, draft(5, parent_id=first.id))
    third = project.versions.go_back(case.id, first.id)
    assert (third.number, third.parent_id) == (3, first.id)
    assert third.content_sha256 == first.content_sha256 != second.content_sha256
    assert third.provenance.steps == (GoBackStep(1),)
    assert project.cases.get(case.id).volumes == first.volumes
    assert len(project.versions.of_case(case.id)) == 3


def test_the_steps_of_a_version_begin_with_those_of_its_ancestors(project, case, draft):
    steps = [ClickStep(Click((n, 0.0, 0.0), "spleen", True), n, 0.1) for n in range(3)]
    first = project.versions.save(
        case.id, VersionKind.INTERIM, draft(3, provenance=Provenance(steps=tuple(steps[:2])))
    )
    second = project.versions.save(
        case.id,
        VersionKind.INTERIM,
        draft(4, parent_id=first.id, provenance=Provenance(steps=(steps[2],))),
    )
    assert project.versions.steps_since_start(second.id) == tuple(steps)
    assert project.versions.get(second.id).provenance.steps == (steps[2],)


@pytest.mark.parametrize("place", [3, 40, -5])
def test_a_flipped_byte_in_a_label_file_is_a_sentence(project, case, draft, label_file, place):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    path = label_file(project, version.content_sha256)
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)
    with pytest.raises(UnreadableFileError, match="damaged: it is not what was saved"):
        project.versions.read(version.id)
    with pytest.raises(UnreadableFileError, match="damaged"):
        project.versions.go_back(case.id, version.id)


def test_other_labels_in_the_place_of_a_file_are_noticed_even_where_its_record_agrees(
    project, case, draft, label_file
):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    path = label_file(project, version.content_sha256)
    voxels = bytearray(gzip.decompress(path.read_bytes()))
    voxels[-1] ^= 1
    path.write_bytes(gzip.compress(bytes(voxels)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    with project.database.write() as connection:
        connection.execute("UPDATE label_files SET file_sha256 = ?", (digest,))
    with pytest.raises(UnreadableFileError, match="damaged"):
        project.versions.read(version.id)


def test_a_missing_label_file_is_a_sentence_and_saving_the_labels_again_heals_it(
    project, case, draft, labels, label_file
):
    version = project.versions.save(case.id, VersionKind.INTERIM, draft())
    label_file(project, version.content_sha256).unlink()
    with pytest.raises(UnreadableFileError, match="missing"):
        project.versions.read(version.id)
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    np.testing.assert_array_equal(project.versions.read(version.id).labels, labels)
    assert verify(project).is_intact


@pytest.mark.parametrize("close", ["approve", "exclude"])
def test_a_closed_case_takes_no_labels(project, case, draft, close):
    project.versions.save(case.id, VersionKind.INTERIM, draft())
    if close == "approve":
        project.review.approve(case.id)
    else:
        project.review.exclude(case.id, "wrong phase")
    with pytest.raises(CaseError, match="Reopen the case"):
        project.versions.save(case.id, VersionKind.INTERIM, draft(2))
    with pytest.raises(CaseError, match="Reopen the case"):
        project.versions.go_back(case.id, 1)


def test_an_approved_version_comes_only_from_a_review(project, case, draft):
    with pytest.raises(ValueError, match=r"Review\.approve"):
        project.versions.save(case.id, VersionKind.APPROVED, draft())


def test_stored_labels_cannot_be_changed(draft):
    stored = StoredLabels(draft().labels, draft().geometry)
    with pytest.raises(ValueError, match="read-only"):
        stored.labels[0, 0, 0] = 1

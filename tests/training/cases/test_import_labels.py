"""Label files become imported versions, whatever their format."""

import numpy as np
import pytest

from imaging.errors import CaseError, GeometryMismatchError
from imaging.writers.volume_file import write_label_file, write_volume_file
from training.cases.add_cases import add_cases
from training.cases.import_labels import import_labels, mapping_for
from training.cases.label_names import DROPPED, OTHERS
from training.cases.records import VersionKind


@pytest.fixture
def case(project, ball_ct, add_ct, tmp_path):
    write_volume_file(tmp_path / "ct.nii.gz", ball_ct)
    return add_ct(project, tmp_path / "ct.nii.gz", ball_ct)


@pytest.fixture
def write_labels(tmp_path, ball_ct):
    def write(labels, name="labels.nii.gz"):
        write_label_file(tmp_path / name, labels, ball_ct.geometry)
        return tmp_path / name

    return write


def test_the_file_is_remembered_without_its_folder(project, case, labels, write_labels):
    version = import_labels(project, case, write_labels(labels), mapping_for(case.source.path, {}))

    (step,) = version.provenance.steps
    assert (step.file_name, step.voxels_changed) == ("labels.nii.gz", np.count_nonzero(labels))
    assert version.kind is VersionKind.IMPORTED
    assert np.array_equal(project.versions.read(version.id).labels, labels)


def test_what_the_user_says_explains_every_value(project, case, labels, write_labels):
    file = write_labels(labels)

    with pytest.raises(CaseError, match="values 4"):
        import_labels(project, case, file, mapping_for(file, {1: "pancreas"}))
    version = import_labels(project, case, file, mapping_for(file, {1: "pancreas", 4: ""}))

    assert [volume.structure for volume in version.volumes] == ["pancreas"]


def test_a_file_with_nothing_in_it_is_refused(project, case, labels, write_labels):
    file = write_labels(np.zeros_like(labels))

    with pytest.raises(CaseError, match="nothing was imported"):
        import_labels(project, case, file, mapping_for(file, {}))
    assert project.versions.newest(case.id) is None


def test_a_file_of_another_ct_is_refused(project, case, flipped_geometry, tmp_path):
    file = tmp_path / "other.nii.gz"
    write_label_file(file, np.ones(flipped_geometry.shape, np.uint8), flipped_geometry)

    with pytest.raises(GeometryMismatchError):
        import_labels(project, case, file, mapping_for(file, {}))


def test_leaving_out_the_others_keeps_the_masks_of_a_folder(project, case, labels, write_labels):
    file = write_labels(labels, "liver.nii.gz")

    version = import_labels(project, case, file.parent, mapping_for(file.parent, {OTHERS: DROPPED}))

    assert [volume.structure for volume in version.volumes] == ["liver"]


@pytest.mark.data
@pytest.mark.parametrize(
    ("ct", "labels", "said"),
    [
        ("seg/ct_3slice", "seg/liver.dcm", {}),
        ("rtstruct", "rtstruct/rt.dcm", {16: "liver"}),
    ],
)
def test_dicom_objects_of_other_programs_are_imported(ct, labels, said, project, shared_data):
    (case,) = add_cases(project, [shared_data / "dicom" / ct]).added
    file = shared_data / "dicom" / labels

    version = import_labels(project, case, file, mapping_for(file, said))

    assert [volume.structure for volume in version.volumes] == ["liver"]


@pytest.mark.data
def test_an_object_whose_names_mean_nothing_to_us_is_asked_for(project, shared_data):
    (case,) = add_cases(project, [shared_data / "dicom" / "rtstruct"]).added
    file = shared_data / "dicom" / "rtstruct" / "rt.dcm"

    with pytest.raises(CaseError, match=r'16 \("ROI-1"\).*--map "16=pancreas"'):
        import_labels(project, case, file, mapping_for(file, {}))

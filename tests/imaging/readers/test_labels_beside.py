import pytest

from imaging.readers.labels_beside import MAX_FOUND, labels_beside


@pytest.fixture
def tree(tmp_path):
    """Makes empty files, and gives the first one."""

    def make(*names):
        for name in names:
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
        return tmp_path / names[0]

    return make


@pytest.mark.parametrize(
    ("ct", "labels"),
    [
        ("ct.nii.gz", "ct_labels.nii.gz"),
        ("ct.nii.gz", "ct.seg.nrrd"),
        ("Anna.nrrd", "anna-label.nrrd"),
        ("a.mha", "a_mask.nii"),
        ("imaging.nii.gz", "segmentation.nii.gz"),
        ("volume-12.nii", "segmentation-12.nii"),
        ("img0004.nii.gz", "label0004.nii.gz"),
        ("imagesTr/spleen_2.nii.gz", "labelsTr/spleen_2.nii.gz"),
        ("imagesTr/case_07_0000.nii.gz", "labelsTr/case_07.nii.gz"),
        ("images/x.nii.gz", "masks/x.nii.gz"),
        ("x.nii.gz", "labels/x.nii.gz"),
    ],
)
def test_the_usual_names_are_found(tree, tmp_path, ct, labels):
    assert labels_beside(tree(ct, labels)) == (tmp_path / labels,)


@pytest.mark.parametrize(
    ("ct", "other"),
    [
        ("ct_1.nii.gz", "ct_11_labels.nii.gz"),
        ("ct_1.nii.gz", "ct_2.nii.gz"),
        ("scanner.nii.gz", "labelner.nii.gz"),
        ("x.nii.gz", "x_labels.txt"),
        ("imagesTr/a.nii.gz", "labelsTr/b.nii.gz"),
        ("x.nii.gz", "deep/er/labels/x.nii.gz"),
    ],
)
def test_other_files_are_left_alone(tree, ct, other):
    assert labels_beside(tree(ct, other)) == ()


def test_a_label_file_is_not_its_own_label(tree):
    assert labels_beside(tree("labelsTr/a.nii.gz", "labelsTr/b.nii.gz")) == ()


def test_labels_of_a_dicom_folder_lie_beside_it(tree, tmp_path):
    image = tree("study/ct/1.dcm", "study/ct_labels.nii.gz")

    assert labels_beside(image.parent) == (tmp_path / "study" / "ct_labels.nii.gz",)


def test_a_folder_with_a_label_name_is_no_label_file(tree):
    assert labels_beside(tree("x.nii.gz", "x_labels.nii.gz/inside.txt")) == ()


def test_no_more_are_found_than_can_be_offered(tree):
    names = [f"x_{word}.nii.gz" for word in ("label", "labels", "mask", "masks", "seg", "gt")]

    assert len(labels_beside(tree("x.nii.gz", *names))) == MAX_FOUND

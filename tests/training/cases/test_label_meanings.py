"""What a label file's values mean: said by the file, by its name, or asked."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from imaging.errors import CaseError
from imaging.readers.label_file import OpenedLabels, open_labels
from imaging.readers.open_volume import open_volume
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_label_file
from training.cases.label_meanings import Numbering, explain_by, meanings_of
from training.cases.label_names import DROPPED, mapped_labels, parse_map
from training.cases.totalsegmentator_labels import TOTALSEGMENTATOR

LABEL_TABLE = (
    b"<CaretExtension><VolumeInformation><LabelTable>"
    b'<Label Key="1" Red="1"><![CDATA[kidney_left]]></Label>'
    b'<Label Key="20" Red="1">colon &amp; rectum</Label>'
    b'<Label Key="999">too large</Label>'
    b"</LabelTable></VolumeInformation></CaretExtension>"
)


def labels_of(*values, names=(), has_our_values=False):
    array = np.zeros((2, 3, 5), np.uint8)
    array.reshape(-1)[: len(values)] = values
    return OpenedLabels(array, (), names, has_our_values)


def meanings(file_name, *values, **about):
    return meanings_of(Path(file_name), labels_of(*values, **about))


def value_of(name):
    return structure_by_name(name).label_value


@pytest.mark.parametrize(
    ("file_name", "structure"),
    [
        ("kidney_left.nii.gz", "left kidney"),
        ("labels_spleen.nii.gz", "spleen"),
        ("Liver-Seg.nrrd", "liver"),
        ("pancreas_tumor_mask.mha", "pancreas tumour"),
    ],
)
def test_a_mask_of_one_structure_is_what_its_file_is_named_after(file_name, structure):
    found = meanings(file_name, 1)

    assert found.is_certain
    assert found.mapping == {1: value_of(structure)}


@pytest.mark.parametrize(
    ("file_name", "proposed"),
    [
        ("vertebrae_L1.nii.gz", None),
        ("anna_liver_2.nii.gz", "liver"),
        ("left_kidney_cyst.nii.gz", "left kidney"),
        ("mask.nii.gz", None),
        ("patient7.nii.gz", None),
    ],
)
def test_a_name_that_says_less_is_a_proposal_at_most(file_name, proposed):
    found = meanings(file_name, 1)

    assert not found.is_certain
    assert [one.meaning for one in found.values] == [proposed]


def test_one_file_name_explains_no_two_values():
    found = meanings("liver.nii.gz", 1, 2)

    assert not found.is_certain
    assert found.mapping == {}


def test_totalsegmentators_numbers_are_recognised_and_asked_about():
    found = meanings("labels_all.nii.gz", 1, 5, 20, 117)

    assert not found.is_certain
    assert found.numberings == (Numbering.TOTALSEGMENTATOR,)
    assert [(one.name, one.meaning) for one in found.values] == [
        ("spleen", "spleen"),
        ("liver", "liver"),
        ("colon", DROPPED),
        ("costal_cartilages", DROPPED),
    ]


def test_numbers_that_may_be_either_can_be_read_either_way():
    found = meanings("labels.nii.gz", 1, 2)
    assert found.numberings == (Numbering.OURS, Numbering.TOTALSEGMENTATOR)
    assert [one.meaning for one in found.values] == ["spleen", "pancreas"]

    other = found.numbered(Numbering.TOTALSEGMENTATOR)
    assert [one.meaning for one in other.values] == ["spleen", "right kidney"]
    assert not other.is_certain


def test_values_of_no_numbering_are_left_to_the_user():
    found = meanings("labels.nii.gz", 1, 200)

    assert found.numberings == ()
    assert [one.meaning for one in found.values] == [None, None]


def test_names_in_the_file_count_more_than_numbers_and_file_name():
    found = meanings("spleen.nii.gz", 1, names=((1, "kidney_left"), (2, "liver")))

    assert found.is_certain
    assert found.mapping == {1: value_of("left kidney")}


def test_a_file_of_ours_needs_no_question_but_for_what_nobody_knows():
    assert meanings("x.nii.gz", 1, 4, has_our_values=True).mapping == {1: 1, 4: 4}

    found = meanings("x.nii.gz", 1, 40, has_our_values=True)
    assert not found.is_certain
    assert found.values[1].meaning is None


def test_a_file_that_names_another_structure_never_becomes_spleen_silently():
    with pytest.raises(CaseError, match=r'1 \("vertebrae_L1"\)'):
        explain_by(Path("vertebrae_L1.nii.gz"), {})(labels_of(1))
    assert explain_by(Path("kidney_left.nii.gz"), {})(labels_of(1)) == {1: 5}
    assert explain_by(Path("kidney_left.nii.gz"), {1: "spleen"})(labels_of(1)) == {1: 1}


def test_values_that_nothing_names_are_refused_until_the_user_names_them():
    opened = labels_of(1, 2)
    file = Path("labels.nii.gz")

    with pytest.raises(CaseError, match="values 1, 2"):
        mapped_labels(opened.array, explain_by(file, {})(opened), file.name)
    said = parse_map(["1=pancreas", "2=pancreas tumour"])
    assert explain_by(file, said)(opened) == {1: 2, 2: 3}


def test_one_word_leaves_out_all_that_is_not_named():
    opened = labels_of(1, 5, 20, 117)
    mapping = explain_by(Path("labels_all.nii.gz"), parse_map(["5=liver", "*="]))(opened)

    found = mapped_labels(opened.array, mapping, "labels_all.nii.gz")
    assert set(np.unique(found)) == {0, value_of("liver")}


def test_one_word_about_the_others_keeps_what_the_file_names():
    said = parse_map(["*="])
    named = labels_of(1, 2, 20, names=((1, "spleen"), (2, "kidney_right"), (20, "colon")))
    ours = labels_of(1, 4, 40, has_our_values=True)
    alone = labels_of(1)

    def found(opened, file):
        return set(np.unique(mapped_labels(opened.array, explain_by(file, said)(opened), "x")))

    assert found(named, Path("x.nii.gz")) == {0, value_of("spleen"), value_of("right kidney")}
    assert found(alone, Path("kidney_left.nii.gz")) == {0, value_of("left kidney")}
    assert found(ours, Path("x.nii.gz")) == {0, 1, 4}


def test_the_names_in_a_niftis_table_of_labels_are_read(oblique_geometry, tmp_path):
    path = tmp_path / "all.nii.gz"
    labels = np.zeros(oblique_geometry.shape, np.uint8)
    labels[1, 1, 1], labels[2, 1, 1] = 1, 20
    write_label_file(path, labels, oblique_geometry)
    image = nib.load(path)
    image.header["descrip"] = b"another program"
    image.header.extensions.append(nib.nifti1.Nifti1Extension(0, LABEL_TABLE))
    nib.save(image, path)

    opened = open_labels(path, oblique_geometry)
    assert opened.names == ((1, "kidney_left"), (20, "colon & rectum"))
    assert not opened.has_our_values
    assert np.array_equal(opened.array, labels)


@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha"])
def test_a_file_says_whether_its_values_are_those_of_the_organ_table(
    ending, oblique_geometry, tmp_path
):
    labels = np.ones(oblique_geometry.shape, np.uint8)
    for has_our_values in (True, False):
        path = tmp_path / f"{has_our_values}{ending}"
        write_label_file(path, labels, oblique_geometry, has_our_values=has_our_values)
        assert open_labels(path, oblique_geometry).has_our_values is has_our_values


@pytest.mark.data
def test_totalsegmentators_file_names_its_values(shared_data):
    folder = shared_data / "ct" / "totalseg_dicom"
    opened = open_labels(folder / "labels_all.nii.gz", open_volume(folder / "series").geometry)

    assert dict(opened.names) == TOTALSEGMENTATOR
    named = {one.value: one.meaning for one in meanings_of(Path("x.nii.gz"), opened).values}
    assert (named[5], named[7], named[20]) == ("liver", "pancreas", DROPPED)

"""Foreign names and values become ours, or the user is asked."""

import numpy as np
import pytest

from imaging.errors import CaseError
from imaging.structures import STRUCTURES
from training.cases.label_names import (
    label_mapping,
    mapped_labels,
    our_values,
    parse_map,
    structure_of_name,
)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("spleen", "spleen"),
        ("Kidney_Left", "left kidney"),
        ("adrenal_gland_right", "right adrenal gland"),
        ("portal_vein_and_splenic_vein", "portal and splenic vein"),
        ("portal vein & splenic vein", "portal and splenic vein"),
        ("Oesophagus", "esophagus"),
        ("gall bladder", "gallbladder"),
        ("postcava", "inferior vena cava"),
        ("pancreatic tumor", "pancreas tumour"),
    ],
)
def test_names_of_other_data_sets_are_understood(name, ours):
    assert structure_of_name(name).name == ours


@pytest.mark.parametrize("name", ["kidney", "cancer", "urinary bladder", "liver vessel", "", "7"])
def test_what_could_mean_something_else_is_not_guessed(name):
    assert structure_of_name(name) is None


def test_every_structure_is_understood_by_its_own_name():
    for structure in STRUCTURES:
        assert structure_of_name(structure.name) == structure


def test_unknown_labels_are_asked_for_all_at_once():
    with pytest.raises(CaseError, match=r'2 \("cancer"\), 7 \("bone"\).*--map "2=pancreas"'):
        label_mapping({1: "pancreas", 2: "cancer", 7: "bone"}, {})


def test_what_the_user_says_counts_more_than_the_name():
    said = parse_map(["2=pancreas_tumour", "7=", "1=liver"])

    assert label_mapping({1: "pancreas", 2: "cancer", 7: "bone"}, said) == {1: 4, 2: 3, 7: 0}


@pytest.mark.parametrize("entry", ["2", "=liver", "x=liver", "0=liver", "300=liver", "2=tooth"])
def test_a_map_entry_that_makes_no_sense_is_a_sentence(entry):
    with pytest.raises(CaseError, match=r"\.$"):
        parse_map([entry])


def test_labels_are_turned_and_a_value_of_unknown_meaning_is_refused():
    labels = np.array([[[0, 1, 2, 7]]], np.uint8)

    assert mapped_labels(labels, {1: 4, 2: 3, 7: 0}, "m.nii").tolist() == [[[0, 4, 3, 0]]]
    with pytest.raises(CaseError, match="values 2, 7"):
        mapped_labels(labels, {1: 4}, "m.nii")


def test_our_own_values_stay():
    labels = np.arange(16, dtype=np.uint8).reshape(1, 4, 4)

    assert np.array_equal(mapped_labels(labels, our_values(), "m.nii"), labels)

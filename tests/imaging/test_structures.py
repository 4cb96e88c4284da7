"""The organ table."""

import itertools

import pytest

from imaging.structures import STRUCTURES, structure_by_name, structure_by_value


def test_names_values_colours_and_codes_are_unique():
    for field in ("name", "label_value", "color_rgb", "snomed_code"):
        values = [getattr(structure, field) for structure in STRUCTURES]
        assert len(set(values)) == len(values), field


def test_values_fit_into_a_label_map_and_spare_the_background():
    assert all(1 <= structure.label_value <= 255 for structure in STRUCTURES)


def test_names_are_lower_case_keys():
    assert all(s.name == s.name.strip().lower() and "_" not in s.name for s in STRUCTURES)


def test_snomed_codes_carry_a_right_check_digit():
    """SNOMED CT identifiers end in a Verhoeff check digit, which shows a mistyped code."""
    multiply = [[0] * 10 for _ in range(10)]
    for a, b in itertools.product(range(10), repeat=2):
        if a < 5:
            multiply[a][b] = (a + b) % 5 if b < 5 else 5 + (a + b) % 5
        else:
            multiply[a][b] = 5 + (a - b) % 5 if b < 5 else (a - b) % 5
    shuffle = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    while len(shuffle) < 8:
        shuffle.append([shuffle[-1][shuffle[1][n]] for n in range(10)])
    for structure in STRUCTURES:
        check = 0
        for place, digit in enumerate(reversed(structure.snomed_code)):
            check = multiply[check][shuffle[place % 8][int(digit)]]
        assert check == 0, structure


@pytest.mark.parametrize("name", ["left kidney", "Left_Kidney", " LEFT KIDNEY "])
def test_a_structure_is_found_by_any_spelling_of_its_name(name):
    assert structure_by_name(name).label_value == 5


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(KeyError, match=r"no structure 'heart'; choose one of: spleen, pancreas"):
        structure_by_name("heart")


def test_a_structure_is_found_by_its_value():
    assert [structure_by_value(s.label_value) for s in STRUCTURES] == list(STRUCTURES)
    assert structure_by_value(0) is None
    assert structure_by_value(200) is None


def test_titles_begin_with_a_capital():
    assert structure_by_name("pancreas tumour").title == "Pancreas tumour"

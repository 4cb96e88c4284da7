"""File names for exported cases."""

import pytest

from training.cases.export_names import export_names, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Liver 7", "Liver_7"),
        ("../../etc/passwd", "etc_passwd"),
        ("Müller: CT/2", "Muller_CT_2"),
        ("a.nii.gz", "a.nii.gz"),
        ("...", "case"),
        ("脾臓", "case"),
        ("CON", "case_CON"),
        ("lpt1.x", "case_lpt1.x"),
        ("x" * 200, "x" * 80),
    ],
)
def test_names_are_safe_on_every_system(text, name):
    assert safe_name(text) == name


def test_no_two_cases_share_a_name(project, add_case):
    cases = [add_case(project, name) for name in ("a:b", "A b", "a b (2)", "a_b_2")]

    names = export_names(cases, is_deidentified=False)

    assert list(names.values()) == ["a_b", "A_b_2", "a_b_2_2", "a_b_2_3"]
    assert export_names(cases[::-1], is_deidentified=False) == names


def test_a_deidentified_name_is_the_pseudonym(project, add_case):
    cases = [add_case(project, name, patient="one") for name in ("Carla 1", "Carla 2")]

    assert list(export_names(cases, is_deidentified=True).values()) == ["P0001", "P0001_2"]

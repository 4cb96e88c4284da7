import numpy as np
import pytest

from app.controllers.case_session import CaseSession
from app.controllers.hover import patient_text, point_text
from imaging.structures import structure_by_name


@pytest.mark.parametrize(
    ("point_lps", "text"),
    [((12.4, 45.5, 78.9), "L 12  P 46  H 79 mm"), ((-12.4, -45.5, -78.9), "R 12  A 46  F 79 mm")],
)
def test_a_place_is_told_in_the_letters_that_the_views_use(point_lps, text):
    assert patient_text(point_lps) == text


def test_a_point_has_its_hounsfield_units_and_its_place(volume):
    session = CaseSession(volume, ("spleen",))
    point_lps = tuple(volume.geometry.index_to_lps((5, 6, 7)))

    text = point_text(session, point_lps)

    assert text.startswith(f"{volume.array[5, 6, 7]} HU")
    assert patient_text(point_lps, decimals=1) in text


def test_a_structure_is_named_in_the_language_of_the_window(volume):
    labels = np.full(volume.array.shape, structure_by_name("spleen").label_value, np.uint8)
    session = CaseSession(volume, ("spleen",), labels=labels)
    point_lps = tuple(volume.geometry.index_to_lps((5, 6, 7)))

    assert point_text(session, point_lps).endswith("Spleen")
    assert point_text(session, point_lps, {"Spleen": "Milz"}.get).endswith("Milz")


def test_beside_the_ct_there_is_nothing_to_tell(volume):
    session = CaseSession(volume, ("spleen",))
    far_lps = tuple(volume.geometry.index_to_lps((-50, 0, 0)))

    assert point_text(session, far_lps) == ""

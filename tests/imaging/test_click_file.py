"""The clicks file: what it means, and a precise sentence for everything it cannot mean."""

import json

import numpy as np
import pytest

from imaging.click_file import read_clicks, write_clicks
from imaging.clicks import Click
from imaging.errors import ClickFileError, WriteError


@pytest.fixture
def click_file(tmp_path):
    def write(content):
        path = tmp_path / "clicks.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return path

    return write


def test_indices_name_voxels_with_i_first(click_file, oblique_geometry):
    path = click_file({"spleen": [[39, 2, 1]], "background": [[0, 29, 19]]})
    near, far = read_clicks(path, oblique_geometry, "spleen")
    assert oblique_geometry.nearest_index(near.point_lps) == (1, 2, 39)
    assert oblique_geometry.nearest_index(far.point_lps) == (19, 29, 0)
    assert (near.is_foreground, far.is_foreground) == (True, False)
    assert {near.structure, far.structure} == {"spleen"}


def test_millimetres_are_taken_as_they_are(click_file, oblique_geometry):
    point_lps = oblique_geometry.index_to_lps([3.3, 4.4, 5.5])
    path = click_file({"frame": "lps", "spleen": [list(point_lps)]})
    (click,) = read_clicks(path, oblique_geometry, "spleen")
    assert click.point_lps == tuple(point_lps)


def test_background_belongs_to_whichever_structure_is_asked_for(click_file, oblique_geometry):
    path = click_file(
        {"spleen": [[1, 1, 1]], "left_kidney": [[2, 2, 2]], "background": [[3, 3, 3]]}
    )
    clicks = read_clicks(path, oblique_geometry, "Left kidney")
    assert [(c.structure, c.is_foreground) for c in clicks] == [
        ("left kidney", True),
        ("left kidney", False),
    ]


def test_clicks_keep_their_order(click_file, oblique_geometry):
    points = [[n, n, n] for n in (5, 2, 9, 0)]
    clicks = read_clicks(click_file({"spleen": points}), oblique_geometry, "spleen")
    assert [oblique_geometry.nearest_index(c.point_lps)[0] for c in clicks] == [5, 2, 9, 0]


def test_no_clicks_are_a_valid_file(click_file, oblique_geometry):
    assert read_clicks(click_file({}), oblique_geometry, "spleen") == ()
    assert read_clicks(click_file({"spleen": []}), oblique_geometry, "spleen") == ()


MALFORMED = [
    ("{'spleen': 1}", "is not JSON: .* in line 1"),
    ("", "is not JSON"),
    ("[[1, 2, 3]]", r"holds \[\[1, 2, 3\]\]. It should be"),
    ("[" * 100_000, "holds no clicks|is not JSON"),
    ('{"spleen": [[1, 1, 1]], "spleen": [[2, 2, 2]]}', 'has "spleen" twice'),
    ({"splen": [[1, 1, 1]]}, 'clicks for "splen", which is neither "background" nor'),
    ({"frame": "ras", "spleen": []}, '"frame" is "ras"; it can be "voxel" or "lps"'),
    ({"frame": ["lps"], "spleen": []}, r'"frame" is \["lps"\]'),
    ({"spleen": {"x": 1}}, '"spleen" is {"x": 1}; it should be a list of clicks'),
    ({"spleen": None}, '"spleen" is null'),
    ({"spleen": [1, 2, 3]}, r"is one click, not a list of clicks. Write \[\[1, 2, 3\]\]"),
    ({"spleen": [[1, 2]]}, r'"spleen" click 1 is \[1, 2\]; a click is three numbers'),
    ({"spleen": [[1, 1, 1], [1, 2, 3, 4]]}, '"spleen" click 2 is'),
    ({"spleen": [["1", "2", "3"]]}, "a click is three numbers"),
    ({"spleen": [[True, 1, 1]]}, "a click is three numbers"),
    ('{"spleen": [[NaN, 1, 1]]}', "a click is three numbers"),
    ('{"spleen": [[1e999, 1, 1]]}', "a click is three numbers"),
    ('{"spleen": [[1' + "0" * 400 + ", 1, 1]]}", "a click is three numbers"),
    ({"spleen": [[1.5, 1, 1]]}, 'voxel indices are whole numbers.*add "frame": "lps"'),
    ({"spleen": [[40, 0, 0]]}, r"outside of the volume, whose indices run to \[39, 29, 19\]"),
    ({"background": [[0, 0, -1]]}, '"background" click 1 is .*outside of the volume'),
    ({"liver": [[0, 30, 0]]}, '"liver" click 1 is .*outside of the volume'),
    ({"frame": "lps", "spleen": [[9000, 0, 0]]}, r"outside of the volume, which lies between \("),
]


@pytest.mark.parametrize(("content", "sentence"), MALFORMED)
def test_a_malformed_file_is_one_precise_sentence(content, sentence, click_file, oblique_geometry):
    with pytest.raises(ClickFileError, match=sentence) as caught:
        read_clicks(click_file(content), oblique_geometry, "spleen")
    assert str(caught.value).startswith("clicks.json")
    assert len(str(caught.value)) < 300


def test_a_file_that_is_no_text_is_one_sentence(tmp_path, oblique_geometry):
    (tmp_path / "clicks.json").write_bytes(b"\xff\xfe\x80\x81")
    with pytest.raises(ClickFileError, match="is not text"):
        read_clicks(tmp_path / "clicks.json", oblique_geometry, "spleen")


def test_a_missing_file_is_one_sentence(tmp_path, oblique_geometry):
    with pytest.raises(ClickFileError, match=r"cannot be read .* Check the path"):
        read_clicks(tmp_path / "none.json", oblique_geometry, "spleen")


def test_a_huge_file_is_not_even_read(tmp_path, oblique_geometry):
    with (tmp_path / "clicks.json").open("wb") as file:
        file.truncate(50_000_000)
    with pytest.raises(ClickFileError, match="too large"):
        read_clicks(tmp_path / "clicks.json", oblique_geometry, "spleen")


def clicks_on(geometry, structure="spleen"):
    index_kji = np.random.default_rng(4).integers(0, geometry.shape, (6, 3))
    return tuple(
        Click(tuple(float(mm) for mm in geometry.index_to_lps(index)), structure, n % 2 == 0)
        for n, index in enumerate(index_kji)
    )


@pytest.mark.parametrize("frame", ["voxel", "lps"])
def test_written_clicks_come_back(frame, oblique_geometry, tmp_path):
    clicks = clicks_on(oblique_geometry)
    write_clicks(tmp_path / "c.json", clicks, oblique_geometry, frame=frame)
    back = read_clicks(tmp_path / "c.json", oblique_geometry, "spleen")
    expected = [c for c in clicks if c.is_foreground] + [c for c in clicks if not c.is_foreground]
    assert [c.is_foreground for c in back] == [c.is_foreground for c in expected]
    assert np.allclose([c.point_lps for c in back], [c.point_lps for c in expected], atol=1e-9)


def test_background_of_several_structures_cannot_be_written(oblique_geometry, tmp_path):
    clicks = [*clicks_on(oblique_geometry), *clicks_on(oblique_geometry, "liver")]
    with pytest.raises(ClickFileError, match="one file for each structure"):
        write_clicks(tmp_path / "c.json", clicks, oblique_geometry)
    assert not (tmp_path / "c.json").exists()


def test_a_click_outside_of_the_volume_is_not_written(oblique_geometry, tmp_path):
    with pytest.raises(ClickFileError, match="outside of the volume"):
        write_clicks(tmp_path / "c.json", [Click((9e3, 0, 0), "spleen", True)], oblique_geometry)


def test_a_folder_that_does_not_exist_is_one_sentence(oblique_geometry, tmp_path):
    with pytest.raises(WriteError, match="the folder does not exist"):
        write_clicks(tmp_path / "gone" / "c.json", (), oblique_geometry)


def test_an_unknown_structure_is_named(click_file, oblique_geometry):
    with pytest.raises(KeyError, match="no structure 'heart'"):
        read_clicks(click_file({}), oblique_geometry, "heart")

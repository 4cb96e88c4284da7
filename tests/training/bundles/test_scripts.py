"""The bundles' scripts: cases and labels found, clicks in the right place and channel."""

import json

import numpy as np
import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # MONAI's own, of its plans
monai = pytest.importorskip("monai")
torch = pytest.importorskip("torch")

NAMES = {"spleen": 1, "pancreas": 2, "background": 0}


def load(data_set, number):
    from monai.transforms import Compose, EnsureChannelFirstd, LoadImaged, Orientationd

    steps = (
        LoadImaged("image"),
        EnsureChannelFirstd("image"),
        Orientationd("image", axcodes="RAS"),
    )
    return Compose(steps)({"image": str(data_set / "imagesTr" / f"case_{number}.nii.gz")})


def test_label_values_are_found_by_name_and_alias(scripts, data_set):
    names = {"pancreas tumour": 1, "spleen": 2, "background": 0}
    found = scripts.data_set.DecathlonSet(
        str(data_set), names, {"pancreas tumour": ["tumor", "cancer"]}
    )
    assert found.label_values == {"pancreas tumour": 3, "spleen": 1}


def test_a_structure_that_the_data_lack_is_named(scripts, data_set):
    with pytest.raises(ValueError, match="no liver"):
        _ = scripts.data_set.DecathlonSet(str(data_set), {"liver": 1}).label_values


def test_nnu_net_label_lists_are_read_too(scripts, tmp_path):
    labels = {"background": 0, "pancreas": 7, "spleen": 2}
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}), encoding="utf-8")
    found = scripts.data_set.DecathlonSet(str(tmp_path), NAMES).label_values
    assert found == {"spleen": 2, "pancreas": 7}


def test_forty_one_cases_are_split_as_in_the_published_bundle(scripts, tmp_path):
    for part in ("imagesTr", "labelsTr"):
        (tmp_path / part).mkdir()
        for number in range(41):
            (tmp_path / part / f"spleen_{number:02d}.nii.gz").touch()
        (tmp_path / part / "._spleen_00.nii.gz").touch()
    cases = scripts.data_set.DecathlonSet(str(tmp_path), NAMES)
    assert [case["image"][-9:-7] for case in cases.validation] == [str(n) for n in range(32, 41)]
    assert len(cases.training) == 32


def test_a_data_list_decides_the_split(scripts, data_set, tmp_path):
    entries = [
        {"image": f"imagesTr/case_{n}.nii.gz", "label": f"labelsTr/case_{n}.nii.gz"}
        for n in range(3)
    ]
    path = tmp_path / "list.json"
    lists = {"training": entries[:1], "validation": entries[1:2], "testing": entries[2:]}
    path.write_text(json.dumps(lists), encoding="utf-8")
    cases = scripts.data_set.DecathlonSet(str(data_set), NAMES, data_list=str(path))
    assert [len(part) for part in (cases.training, cases.validation, cases.testing)] == [1, 1, 1]
    assert cases.testing[0]["label"] == str(data_set / "labelsTr/case_2.nii.gz")


def test_a_data_list_of_another_folder_is_refused_at_once(scripts, data_set, tmp_path):
    path = tmp_path / "list.json"
    entry = {"image": "imagesTr/other.nii.gz", "label": "labelsTr/other.nii.gz"}
    path.write_text(json.dumps({"training": [entry], "validation": [entry]}), encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"other\.nii\.gz, which is not in"):
        _ = scripts.data_set.DecathlonSet(str(data_set), NAMES, data_list=str(path)).training


def test_more_processes_than_cases_are_refused_in_a_sentence(scripts, data_set, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="there are 3 and 1"):
        _ = scripts.data_set.DecathlonSet(str(data_set), NAMES).training


def test_structures_are_numbered_in_their_order_not_by_the_alphabet(scripts):
    from monai.data import MetaTensor

    names = {"spleen": 1, "pancreas": 2, "background": 0}
    select = scripts.data_set.SelectLabelsd("label", names, {"spleen": 6, "pancreas": 2})
    label = MetaTensor(torch.tensor([[[[0.0, 2.0, 6.0, 9.0]]]]))
    selected = select({"label": label})
    assert selected["label"].flatten().tolist() == [0, 2, 1, 0]
    assert list(selected["label_names"].items()) == list(names.items())


@pytest.mark.parametrize(
    "clicks",
    [
        [[5, 9, 11]],
        [[0, 0, 0], [23, 31, 27]],
        [[10, 10, 10], [12, 11, 10], [12, 11, 10], [20, 3, 1]],
        [],
    ],
)
def test_clicks_are_drawn_as_monai_draws_them(scripts, clicks):
    from monai.apps.deepedit.transforms import AddGuidanceSignalDeepEditd
    from monai.data import MetaTensor

    guidance = {"spleen": clicks, "background": [[3, 4, 5]]}
    image = MetaTensor(torch.rand(1, 24, 32, 28))
    ours = scripts.clicks.DrawClicksd("image", {"spleen": 1, "background": 0})
    theirs = AddGuidanceSignalDeepEditd("image")
    drawn = ours({"image": image.clone(), "guidance": guidance})["image"]
    expected = theirs({"image": image.clone(), "guidance": guidance})["image"]
    np.testing.assert_allclose(np.asarray(drawn), np.asarray(expected), atol=2e-6)


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("frame", ["voxel", "lps"])
def test_a_click_stays_on_its_voxel_whatever_the_orientation(scripts, data_set, number, frame):
    import nibabel
    from monai.transforms import Resized

    voxel = np.array([9, 20, 13])  # i, j, k in the file
    loaded = load(data_set, number)
    path = data_set / "imagesTr" / f"case_{number}.nii.gz"
    ras = nibabel.load(path).affine @ [*voxel, 1]
    point = voxel.tolist() if frame == "voxel" else [-ras[0], -ras[1], ras[2]]
    place = scripts.clicks.PlaceClicksd("image", NAMES)
    clicked = {**loaded, "clicks": {"spleen": [point]}, "click_frame": frame}

    (at,) = place(clicked)["guidance"]["spleen"]
    values = nibabel.load(path).get_fdata()
    assert float(loaded["image"][0][at]) == values[tuple(voxel)]

    resized = Resized("image", spatial_size=(64, 64, 64), mode="area")(clicked)
    (at,) = place(resized)["guidance"]["spleen"]
    back = np.asarray(resized["image"].affine) @ [*at, 1]
    spacing = np.linalg.norm(np.asarray(resized["image"].affine)[:3, :3], axis=0)
    assert np.linalg.norm(back[:3] - ras[:3]) <= np.linalg.norm(spacing) / 2 + 1e-6


def test_a_click_outside_is_refused(scripts, data_set):
    clicked = {**load(data_set, 0), "clicks": {"spleen": [[99, 2, 2]]}}
    with pytest.raises(ValueError, match="outside of the CT"):
        scripts.clicks.PlaceClicksd("image", NAMES)(clicked)


@pytest.mark.parametrize(
    ("entries", "image", "sentence"),
    [
        (None, "", "needs the clicks: --clicks FILE"),
        ({"liver": [[1, 2, 3]]}, "", "clicks for liver"),
        ({"spleen": [[1, 2, 3]]}, "", "Say which: --image FILE"),
        ({"spleen": [], "frame": "ras"}, "case_0.nii.gz", '"frame" can be'),
    ],
)
def test_unusable_clicks_are_one_sentence(scripts, data_set, tmp_path, entries, image, sentence):
    path = tmp_path / "clicks.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    chosen = str(data_set / "imagesTr" / image) if image else ""
    with pytest.raises(ValueError, match=sentence):
        scripts.clicks.cases_with_clicks(
            str(data_set), chosen, str(path) if entries else "", True, NAMES
        )


def test_clicks_are_left_out_unless_asked_for(scripts, data_set):
    (case, *_others) = scripts.clicks.cases_with_clicks(
        str(data_set), "", "none.json", False, NAMES
    )
    assert set(case) == {"image"}

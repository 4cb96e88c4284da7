"""Clicks and automatic answers of a DeepEdit network, on the CT's own grid."""

import json

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError, ModelError
from imaging.geometry import VolumeGeometry
from imaging.measures import dice
from imaging.volume import Volume
from inference.messages import ClickRequest
from inference.model_package import load_package
from inference.whole_volume_session import WholeVolumeSession

BLOB = (slice(4, 12), slice(8, 24), slice(10, 26))
FAR = (slice(15, 18), slice(24, 29), slice(30, 37))


class ClickedEngine:
    """The structure is what is bright, and what lies near a click of its own (channel 1)."""

    name, device = "clicked", "test bench"

    def __init__(self):
        self.inputs = []

    def run(self, inputs, _is_cancelled=None):
        self.inputs.append(inputs.copy())
        image, own, other = inputs[0]
        logit = (20 * (image - 0.5) + 30 * own - 30 * other).astype(np.float32)
        return np.stack([-logit, logit])[None]


@pytest.fixture
def geometry():
    return VolumeGeometry.from_parts((20, 32, 40), (-31.0, 12.5, -200.0), (3.0, 2.0, 1.8))


@pytest.fixture
def volume(geometry):
    array = np.full(geometry.shape, -500, np.int16)
    array[BLOB] = array[FAR] = 200
    return Volume(array, geometry)


@pytest.fixture
def engine():
    return ClickedEngine()


@pytest.fixture
def make_session(package_folder, manifest, engine):
    def make(volume, **changes):
        network = manifest["automatic"]["network"]
        for key in ("automatic", "clicks"):
            manifest.pop(key)
        manifest["whole_volume"] = {
            "network": network,
            "inputs": ["image", "spleen", "background"],
            "outputs": ["background", "spleen"],
            "size_ras": [40, 32, 20],
            "low_hu": -175,
            "high_hu": 250,
            "guidance_sigma_voxels": 1.5,
            **changes,
        }
        package_folder.joinpath("manifest.json").write_text(json.dumps(manifest))
        return WholeVolumeSession(volume, load_package(package_folder), lambda _path: engine)

    return make


def bright(volume):
    return volume.array > 0


def click_at(volume, index_kji, *, is_foreground=True, structure="spleen"):
    x, y, z = (float(mm) for mm in volume.geometry.index_to_lps(index_kji))
    return Click((x, y, z), structure, is_foreground)


def answer(session, mask, *clicks, new=1):
    proposal = session.respond(ClickRequest("spleen", clicks, mask, new))
    after = mask.copy()
    after[proposal.box] = proposal.mask
    return after


def test_without_clicks_the_network_alone_is_believed(make_session, volume):
    found = make_session(volume).segment("spleen").whole_mask(volume.geometry.shape)
    assert dice(found, bright(volume)) > 0.95


def test_preparing_looks_once_and_segmenting_costs_no_other_look(make_session, volume, engine):
    session = make_session(volume)
    assert session.prepare() > 0
    session.segment("spleen")
    session.segment("spleen")
    assert len(engine.inputs) == 1


def test_a_click_lands_where_it_was_placed(make_session, volume, engine):
    answer(make_session(volume), bright(volume), click_at(volume, (16, 5, 7)))
    own = engine.inputs[-1][0, 1]
    # The grid grows to the left, back and head; the network's to the right, front and head.
    assert np.unravel_index(own.argmax(), own.shape) == (40 - 1 - 7, 32 - 1 - 5, 16)
    assert own.max() == 1


def test_channels_of_earlier_clicks_are_cleared(make_session, volume, engine):
    session = make_session(volume)
    there = click_at(volume, (16, 5, 7))
    answer(session, bright(volume), there)
    answer(session, bright(volume), click_at(volume, (5, 10, 12), is_foreground=False))
    assert not engine.inputs[-1][0, 1].any()
    assert engine.inputs[-1][0, 2].max() == 1


def test_a_click_changes_nothing_far_from_it(make_session, volume):
    mask = np.zeros(volume.geometry.shape, bool)
    mask[BLOB] = True  # the far part is not marked yet, although the network sees it
    after = answer(make_session(volume), mask, click_at(volume, (13, 9, 30)))
    assert after[13, 9, 30]
    assert not after[FAR].any()
    assert after[BLOB].all()


def test_a_background_click_takes_the_clicked_part_away(make_session, volume):
    middle = click_at(volume, (16, 26, 33), is_foreground=False)
    after = answer(make_session(volume), bright(volume), middle)
    assert not after[16, 26, 33]
    assert after[BLOB].mean() > 0.9


def test_a_hand_edit_beside_a_click_stays_where_the_click_says_nothing_about_it(
    make_session, volume
):
    session = make_session(volume)
    mask = session.segment("spleen").whole_mask(volume.geometry.shape)
    mask[BLOB[0], BLOB[1], 10:13] = False  # cut off by hand
    mask[13, 10:14, 14:18] = True  # painted by hand
    after = answer(session, mask, click_at(volume, (8, 16, 28)))
    assert after[8, 16, 28]
    assert not after[8, 16, 11]
    assert after[13, 11, 15]


def test_a_click_on_a_hand_edit_undoes_it(make_session, volume):
    session = make_session(volume)
    mask = session.segment("spleen").whole_mask(volume.geometry.shape)
    mask[BLOB[0], BLOB[1], 10:13] = False
    after = answer(session, mask, click_at(volume, (8, 16, 11)))
    assert after[BLOB].mean() > 0.95


def test_a_click_outside_the_ct_is_drawn_at_its_border_and_harms_nothing(make_session, volume):
    mask = bright(volume)
    after = answer(make_session(volume), mask, click_at(volume, (-9, 5, 5)))
    assert np.array_equal(after[5:], mask[5:])


def test_an_unknown_structure_is_refused_in_a_sentence(make_session, volume):
    session = make_session(volume)
    with pytest.raises(ModelError, match="does not know the liver, only: spleen"):
        session.segment("liver")
    request = ClickRequest(
        "liver", (click_at(volume, (5, 5, 5), structure="liver"),), bright(volume)
    )
    with pytest.raises(ModelError, match="does not know the liver"):
        session.respond(request)


def test_a_network_without_click_channels_takes_none(make_session, volume):
    session = make_session(volume, inputs=["image"])
    with pytest.raises(ModelError, match="takes no clicks"):
        answer(session, bright(volume), click_at(volume, (5, 5, 5)))


def test_cancelling_before_the_network_runs_proposes_nothing(make_session, volume, engine):
    with pytest.raises(CancelledError):
        make_session(volume).segment("spleen", is_cancelled=lambda: True)
    assert not engine.inputs


def test_an_empty_answer_is_an_empty_mask(make_session, geometry):
    volume = Volume(np.full(geometry.shape, -900, np.int16), geometry)
    assert not make_session(volume).segment("spleen").mask.any()

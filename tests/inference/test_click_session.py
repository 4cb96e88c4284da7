import json
from dataclasses import replace

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError, ModelError
from imaging.geometry import VolumeGeometry
from imaging.labels import LabelMap
from imaging.volume import Volume
from inference.click_session import ClickSession
from inference.messages import ClickRequest
from inference.model_package import load_package


def volume_with_ball(geometry, center_lps, radius_mm, inside_hu=40, outside_hu=-60):
    """A ball of soft tissue in fat, sampled on any grid; returns the volume and the true mask."""
    indices = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    points = geometry.index_to_lps(indices)
    mask = np.linalg.norm(points - center_lps, axis=-1) < radius_mm
    return Volume(np.where(mask, inside_hu, outside_hu).astype(np.int16), geometry), mask


def tilted(order, signs, spacing=(3.0, 0.9, 0.8), shape=(24, 70, 80)):
    angle = np.deg2rad(12)
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    direction = turn @ (np.eye(3)[:, list(order)] * signs)
    return VolumeGeometry.from_parts(shape, (20.0, -30.0, 100.0), spacing, direction)


GRIDS = {
    "axial": tilted((2, 1, 0), (1, 1, 1)),
    "flipped": tilted((2, 1, 0), (-1, 1, -1)),
    "sagittal": tilted((0, 2, 1), (1, -1, 1)),
    "coronal": tilted((1, 2, 0), (-1, -1, 1)),
}


@pytest.fixture(params=GRIDS, ids=list(GRIDS))
def case(request):
    geometry = GRIDS[request.param]
    center_lps = geometry.index_to_lps(np.array(geometry.shape) * [0.5, 0.4, 0.6])
    return (*volume_with_ball(geometry, center_lps, 18.0), center_lps)


def session_for(volume, package, engine):
    return ClickSession(volume, package, open_engine=lambda _path: engine)


def full_mask(proposal, shape):
    mask = np.zeros(shape, bool)
    mask[proposal.box] = proposal.mask
    return mask


def dice(a, b):
    return 2 * (a & b).sum() / (a.sum() + b.sum())


def click(point_lps, is_foreground=True):
    x, y, z = (float(v) for v in point_lps)
    return Click((x, y, z), "spleen", is_foreground)


def test_a_click_gives_the_organ_where_it_lies_on_any_grid(case, package, threshold_engine):
    volume, truth, center_lps = case
    session = session_for(volume, package, threshold_engine)
    empty = np.zeros(volume.geometry.shape, bool)
    proposal = session.respond(ClickRequest("spleen", (click(center_lps),), empty))
    mask = full_mask(proposal, volume.geometry.shape)
    assert dice(mask, truth) > 0.95
    shift = np.argwhere(mask).mean(axis=0) - np.argwhere(truth).mean(axis=0)
    assert np.abs(shift * volume.geometry.spacing_kji_mm).max() < 0.2, (
        "half a voxel would be 0.4 mm"
    )


def test_the_automatic_mask_lies_where_the_organ_is_on_any_grid(case, package, threshold_engine):
    volume, truth, _ = case
    proposal = session_for(volume, package, threshold_engine).segment("spleen")
    assert dice(full_mask(proposal, volume.geometry.shape), truth) > 0.85


def test_guidance_and_mask_channels_lie_at_the_click_and_the_mask(case, package, threshold_engine):
    volume, truth, center_lps = case
    session = session_for(volume, package, threshold_engine)
    clicks = (click(center_lps), click(center_lps + np.array([0, 0, 30.0]), is_foreground=False))
    session.respond(ClickRequest("spleen", clicks, truth))
    _, mask, foreground, background = threshold_engine.inputs[-1][0]
    where = np.array(np.unravel_index(foreground.argmax(), foreground.shape))
    mask_center = np.argwhere(mask > 0.5).mean(axis=0)
    assert np.abs(where - mask_center).max() < 1.5
    away = (np.array(np.unravel_index(background.argmax(), background.shape)) - where) * 2.0
    assert np.linalg.norm(away) == pytest.approx(30.0, abs=2.5)
    assert away[0] > 25, "towards the head is the first canonical axis"
    assert mask.sum() * 8.0 == pytest.approx(4 / 3 * np.pi * 18.0**3, rel=0.08)


def test_a_click_at_a_known_voxel_marks_that_voxel(package, threshold_engine):
    threshold_engine.low = threshold_engine.high = 2.0  # the network itself finds nothing
    volume, _ = volume_with_ball(GRIDS["sagittal"], (0.0, 0.0, 0.0), 1.0)
    session = session_for(volume, package, threshold_engine)
    index = (7, 33, 51)
    point = volume.geometry.index_to_lps(index)
    empty = np.zeros(volume.geometry.shape, bool)
    proposal = session.respond(ClickRequest("spleen", (click(point),), empty))
    mask = full_mask(proposal, volume.geometry.shape)
    assert mask[index]
    marked = volume.geometry.index_to_lps(np.argwhere(mask))
    assert np.linalg.norm(marked - point, axis=1).max() <= 2.0 + 1e-6


def test_a_background_click_clears_its_surroundings(case, package, threshold_engine):
    threshold_engine.low, threshold_engine.high = -1.0, 2.0  # the network says yes everywhere
    volume, truth, center_lps = case
    session = session_for(volume, package, threshold_engine)
    request = ClickRequest("spleen", (click(center_lps, is_foreground=False),), truth)
    mask = full_mask(session.respond(request), volume.geometry.shape)
    assert not mask[volume.geometry.nearest_index(center_lps)]


def test_a_click_leaves_a_far_part_of_the_mask_alone(package, threshold_engine):
    geometry = VolumeGeometry.from_parts((40, 100, 100), (0.0, 0.0, 0.0), (2.0, 1.5, 1.5))
    volume, truth = volume_with_ball(geometry, (60.0, 60.0, 40.0), 15.0)
    drawn = truth.copy()
    drawn[2:6, 5:10, 5:10] = True  # by hand, where the network sees only fat
    session = session_for(volume, package, threshold_engine)
    request = ClickRequest("spleen", (click((60.0, 60.0, 40.0)),), drawn)
    proposal = session.respond(request)
    labels = LabelMap.from_array(drawn.astype(np.uint8))
    edit = labels.edit_to(proposal.mask, 1, box=proposal.box)
    if edit is not None:
        labels.apply(edit)
    assert labels.mask(1)[2:6, 5:10, 5:10].all()


def test_an_organ_larger_than_the_network_box_is_answered_around_the_click(
    package, threshold_engine
):
    geometry = VolumeGeometry.from_parts((60, 90, 90), (0.0, 0.0, 0.0), (6.0, 5.0, 5.0))
    volume, truth = volume_with_ball(geometry, (220.0, 220.0, 180.0), 170.0)
    session = session_for(volume, package, threshold_engine)
    point = np.array([220.0, 350.0, 180.0])
    proposal = session.respond(ClickRequest("spleen", (click(point),), truth))
    assert max(threshold_engine.inputs[-1].shape[2:]) == 128
    sides_mm = (np.array([p.stop - p.start for p in proposal.box])) * geometry.spacing_kji_mm
    assert sides_mm.max() < 270
    assert proposal.box[1].start * 5.0 < 350.0 < proposal.box[1].stop * 5.0


def test_the_same_request_gives_the_same_mask(case, package, threshold_engine):
    volume, _, center_lps = case
    session = session_for(volume, package, threshold_engine)
    empty = np.zeros(volume.geometry.shape, bool)
    request = ClickRequest("spleen", (click(center_lps),), empty)
    first, second = session.respond(request), session.respond(request)
    assert first.box == second.box
    assert np.array_equal(first.mask, second.mask)


def test_a_structure_without_automatic_network_is_refused_in_a_sentence(
    case, package, threshold_engine
):
    with pytest.raises(ModelError, match="needs clicks for the pancreas"):
        session_for(case[0], package, threshold_engine).segment("pancreas")


@pytest.mark.parametrize("has_clicks", [True, False])
def test_a_network_is_said_to_be_loaded_and_nothing_is_done_before_the_end(
    package, threshold_engine, has_clicks
):
    volume, _ = volume_with_ball(
        GRIDS["flipped"], GRIDS["flipped"].index_to_lps((12, 30, 40)), 18.0
    )
    said, said_at_opening = [], []

    def open_engine(_path):
        said_at_opening.append(said[-1])
        return threshold_engine

    package = package if has_clicks else replace(package, clicks=None)
    session = ClickSession(volume, package, open_engine=open_engine)
    session.segment("spleen", lambda share, what: said.append((share, what)))
    assert [what for _, what in said_at_opening] == ["Loading the model"]
    assert [what for share, what in said if share == 1] == ["Looking for the spleen"]


def test_an_automatic_answer_is_shown_where_the_organ_is_before_it_is_done(
    case, package, threshold_engine
):
    volume, truth, _ = case
    shown = []
    session = session_for(volume, package, threshold_engine)
    session.segment("spleen", show_found=shown.append)
    assert shown
    assert all(dice(full_mask(one, truth.shape), truth) > 0.8 for one in shown)


def test_automatic_work_can_be_cancelled(case, package, threshold_engine):
    with pytest.raises(CancelledError):
        session_for(case[0], package, threshold_engine).segment("spleen", is_cancelled=lambda: True)


SMALL_AND_LARGE = {
    "one axial slice": ((1, 60, 70), (5.0, 0.8, 0.8)),
    "one sagittal slice": ((60, 70, 1), (0.8, 0.8, 5.0)),
    "27 voxels": ((3, 3, 3), (1.0, 1.0, 1.0)),
    "one voxel": ((1, 1, 1), (1.0, 1.0, 1.0)),
    "fine": ((50, 60, 60), (0.3, 0.3, 0.3)),
    "coarse": ((20, 60, 60), (10.0, 10.0, 10.0)),
    "slices farther apart than the reach": ((9, 60, 60), (40.0, 2.0, 2.0)),
}


@pytest.mark.parametrize("is_foreground", [True, False])
@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize(("shape", "spacing"), SMALL_AND_LARGE.values(), ids=SMALL_AND_LARGE)
def test_a_click_counts_anywhere_in_a_ct_of_any_size(
    package, threshold_engine, shape, spacing, is_full, is_foreground
):
    threshold_engine.low = threshold_engine.high = 2.0  # the network itself finds nothing
    geometry = VolumeGeometry.from_parts(shape, (-90.0, 20.0, 300.0), spacing)
    session = session_for(Volume(np.full(shape, 40, np.int16), geometry), package, threshold_engine)
    session.segment("spleen")
    last = np.array(shape) - 1.0
    for index in (last / 2, np.array([-0.49] * 3), last, last + 0.49):
        point = geometry.index_to_lps(index)
        mask = np.full(shape, is_full)
        proposal = session.respond(ClickRequest("spleen", (click(point, is_foreground),), mask))
        mask[proposal.box] = proposal.mask
        assert mask[geometry.nearest_index(point)] == is_foreground
    assert all(np.isfinite(inputs).all() for inputs in threshold_engine.inputs)


@pytest.mark.parametrize("beyond_mm", [40.0, 4000.0])
def test_a_click_outside_of_the_ct_changes_nothing(case, package, threshold_engine, beyond_mm):
    volume, truth, _ = case
    corner = volume.geometry.corners_lps()[0]
    outward = corner - volume.geometry.corners_lps().mean(axis=0)
    point = corner + outward * (beyond_mm / np.linalg.norm(outward))
    session = session_for(volume, package, threshold_engine)
    proposal = session.respond(ClickRequest("spleen", (click(point),), truth))
    assert np.array_equal(proposal.mask, truth[proposal.box])


def test_an_automatic_mask_that_the_click_network_sees_in_part_stays_whole(
    package_folder, manifest, threshold_engine
):
    manifest["clicks"]["max_side"] = 16
    package_folder.joinpath("manifest.json").write_text(json.dumps(manifest))
    geometry = GRIDS["axial"]
    center_lps = geometry.index_to_lps(np.array(geometry.shape) / 2)
    volume, truth = volume_with_ball(geometry, center_lps, 20.0)
    package = load_package(package_folder)
    proposal = session_for(volume, package, threshold_engine).segment("spleen")
    assert threshold_engine.inputs[-1].shape[2:] == (16, 16, 16)
    height_mm = np.ptp(np.argwhere(proposal.mask)[:, 0]) * 3.0
    assert height_mm > 34, "the network's box has 32 mm"
    assert dice(full_mask(proposal, volume.geometry.shape), truth) > 0.85


def test_a_request_without_a_new_click_is_no_request():
    empty = np.zeros((2, 2, 2), bool)
    with pytest.raises(ValueError, match="0 new clicks of 0"):
        ClickRequest("spleen", (), empty, new_clicks=0)
    with pytest.raises(ValueError, match="2 new clicks of 1"):
        ClickRequest("spleen", (click((0, 0, 0)),), empty, new_clicks=2)


def test_a_ct_with_nothing_in_it_gives_an_empty_mask(package, threshold_engine):
    geometry = VolumeGeometry.from_parts((10, 40, 40), (0.0, 0.0, 0.0), (5.0, 2.0, 2.0))
    air = Volume(np.full(geometry.shape, -1000, np.int16), geometry)
    proposal = session_for(air, package, threshold_engine).segment("spleen")
    assert not proposal.mask.any()

"""Which windows are run, and what comes of them on the CT's own grid."""

import json

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError, ModelError
from imaging.geometry import VolumeGeometry
from imaging.measures import dice
from imaging.volume import Volume
from inference import sliding_window_session
from inference.messages import ClickRequest
from inference.model_package import load_package
from inference.sliding_window_session import SlidingWindowSession
from inference.spleen_scout import SpleenScout

ORGAN = (slice(30, 40), slice(32, 62), slice(60, 90))


class BrightEngine:
    """Class 1 is bright, class 2 is very bright."""

    name, device = "bright", "test bench"

    def __init__(self):
        self.inputs = []

    def run(self, inputs, _is_cancelled=None):
        self.inputs.append(inputs.copy())
        image = inputs[0, 0]
        return np.stack([8 * (0.5 - image), 8 * (image - 0.5), 40 * (image - 0.85)])[None]


@pytest.fixture
def geometry():
    return VolumeGeometry.from_parts((48, 96, 112), (5.0, -12.5, -200.0), (2.0, 1.0, 1.0))


@pytest.fixture
def volume(geometry):
    """A body with an organ, in a lot of air."""
    array = np.full(geometry.shape, -1000, np.int16)
    array[:, 28:80, 40:104] = -100
    array[ORGAN] = 100
    array[33:36, 40:48, 70:78] = 240
    return Volume(array, geometry)


@pytest.fixture
def engine():
    return BrightEngine()


@pytest.fixture
def make_session(package_folder, manifest, engine):
    def make(volume, is_exact=False, scout=None, **changes):
        network = manifest.get("automatic", manifest.get("sliding_window"))["network"]
        for key in ("automatic", "clicks"):
            manifest.pop(key, None)
        manifest["sliding_window"] = {
            "network": network,
            "outputs": ["background", "pancreas", "pancreas tumour"],
            "spacing_ras_mm": [1.0, 1.0, 2.0],
            "low_hu": -200,
            "high_hu": 250,
            "window_ras": [24, 24, 16],
            "overlap": 0.625,
            "blending": "constant",
            "batch": 4,
            **changes,
        }
        package_folder.joinpath("manifest.json").write_text(json.dumps(manifest))
        package = load_package(package_folder)
        return SlidingWindowSession(
            volume, package, lambda _path: engine, is_exact=is_exact, scout=scout
        )

    return make


def found(session, volume, structure="pancreas"):
    return session.segment(structure).whole_mask(volume.geometry.shape)


def test_few_windows_give_the_mask_of_all_of_them(make_session, volume):
    quick, exact = make_session(volume), make_session(volume, is_exact=True)
    masks = [found(session, volume) for session in (quick, exact)]
    np.testing.assert_array_equal(*masks)
    assert quick.windows_run < exact.windows_run / 4


class Hint:
    """Says where to look, in mm along R, A, S from the CT's first voxel."""

    can_help = staticmethod(SpleenScout.can_help)

    def __init__(self, ranges_mm):
        self.ranges_mm = ranges_mm

    def region_ras_mm(self, _volume, _structures, report_progress, _is_cancelled):
        report_progress(1.0, "Looking for the spleen")
        return self.ranges_mm


@pytest.fixture
def scouted(monkeypatch):
    """A CT of few windows is worth a hint too."""
    monkeypatch.setattr(sliding_window_session, "WINDOWS_WORTH_SCOUTING", 1)


def test_a_ct_of_few_windows_is_looked_at_without_a_hint(make_session, volume, monkeypatch):
    monkeypatch.setattr(sliding_window_session, "WINDOWS_WORTH_SCOUTING", 1000)

    class Unasked(Hint):
        def region_ras_mm(self, *_):
            raise AssertionError("it takes longer than the windows")

    masks = [found(make_session(volume, scout=one), volume) for one in (Unasked(None), None)]
    np.testing.assert_array_equal(*masks)


@pytest.mark.usefixtures("scouted")
def test_a_hint_saves_windows_and_changes_no_voxel(make_session, volume):
    # Of the organ's box, along R, A, S, and spare; the CT's axes j and i run against R and A.
    hint = Hint(((112 - 90, 112 - 60 + 24), (96 - 62, 96 - 32 + 24), (60, 80 + 24)))
    shares = []
    hinted, plain = make_session(volume, scout=hint), make_session(volume)
    proposal = hinted.segment("pancreas", lambda share, what: shares.append((share, what)))
    masks = [proposal.whole_mask(volume.geometry.shape), found(plain, volume)]
    np.testing.assert_array_equal(*masks)
    assert hinted.windows_run < plain.windows_run
    assert [share for share, _ in shares] == sorted(share for share, _ in shares)
    assert (0.1, "Looking for the pancreas") in shares


@pytest.mark.usefixtures("scouted")
@pytest.mark.parametrize("ranges_mm", [None, ((500, 600),) * 3, ((-90, -5),) * 3])
def test_a_hint_that_is_missing_or_outside_changes_no_voxel(make_session, volume, ranges_mm):
    masks = [found(make_session(volume, scout=scout), volume) for scout in (Hint(ranges_mm), None)]
    np.testing.assert_array_equal(*masks)


def test_what_is_found_grows_while_it_is_shown_and_showing_it_changes_nothing(make_session, volume):
    truth = found(make_session(volume, is_exact=True), volume)
    session, shown = make_session(volume, is_exact=True), []
    proposal = session.segment("pancreas", show_found=shown.append)
    np.testing.assert_array_equal(proposal.whole_mask(truth.shape), truth)
    sizes = [int(one.mask.sum()) for one in shown]
    assert len(sizes) > 2
    assert sizes[0] < sizes[-1]
    assert dice(shown[-1].whole_mask(truth.shape), truth) > 0.9


def test_structures_share_one_pass(make_session, volume, engine):
    session = make_session(volume)
    organ = found(session, volume)
    runs = len(engine.inputs)
    tumour = found(session, volume, "pancreas tumour")
    assert len(engine.inputs) == runs
    assert tumour[34, 44, 74]
    assert not (organ & tumour).any()
    assert dice(organ | tumour, volume.array >= 100) > 0.95


def test_windows_of_air_are_run_once_at_most(make_session, volume, engine):
    make_session(volume, is_exact=True).segment("pancreas")
    assert sum(not inputs.any() for inputs in engine.inputs) == 1


def test_an_organ_that_reaches_the_border_of_the_ct_is_found_there(make_session, geometry):
    array = np.full(geometry.shape, -100, np.int16)
    array[40:, 70:, 90:] = 100
    volume = Volume(array, geometry)
    assert dice(found(make_session(volume), volume), array == 100) > 0.97


@pytest.mark.parametrize("is_exact", [False, True])
def test_a_ct_smaller_than_a_window_is_padded(make_session, is_exact):
    geometry = VolumeGeometry.from_parts((5, 11, 50), (0.0, 0.0, 0.0), (2.0, 1.0, 1.0))
    array = np.full(geometry.shape, -100, np.int16)
    array[1:4, 3:9, 10:30] = 100
    volume = Volume(array, geometry)
    session = make_session(volume, is_exact=is_exact)
    assert dice(found(session, volume), array == 100) > 0.95


def test_nothing_found_is_an_empty_mask(make_session, geometry):
    volume = Volume(np.full(geometry.shape, -1000, np.int16), geometry)
    assert not make_session(volume).segment("pancreas").mask.any()


def test_progress_grows_and_work_can_be_cancelled_between_windows(make_session, volume, engine):
    shares = []
    session = make_session(volume)
    with pytest.raises(CancelledError, match="unchanged"):
        session.segment("pancreas", lambda share, _: shares.append(share), lambda: len(shares) > 5)
    assert shares == sorted(shares)
    runs = len(engine.inputs)
    assert found(session, volume).any()  # asked again, it begins anew
    assert len(engine.inputs) > runs


def test_clicks_and_unknown_structures_are_refused_in_a_sentence(make_session, volume):
    session = make_session(volume)
    with pytest.raises(ModelError, match="does not know the spleen, only: pancreas"):
        session.segment("spleen")
    click = Click((0.0, 0.0, 0.0), "pancreas", True)
    request = ClickRequest("pancreas", (click,), np.zeros(volume.geometry.shape, bool))
    with pytest.raises(ModelError, match="takes no clicks"):
        session.respond(request)

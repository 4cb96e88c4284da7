"""Work that is given up stops while its network runs, in every kind of session."""

import json

import numpy as np
import pytest

from imaging.clicks import Click
from imaging.errors import CancelledError
from inference.click_session import ClickSession
from inference.engines.engine import cancelled, never
from inference.messages import ClickRequest
from inference.model_package import load_package
from inference.open_session import open_session

MONAI = {
    "whole_volume": {
        "inputs": ["image", "spleen", "background"],
        "outputs": ["background", "spleen"],
        "size_ras": [16, 16, 16],
        "guidance_sigma_voxels": 1.5,
    },
    "sliding_window": {
        "outputs": ["background", "spleen"],
        "spacing_ras_mm": [4.0, 4.0, 4.0],
        "window_ras": [16, 16, 16],
        "overlap": 0.5,
        "blending": "constant",
        "batch": 1,
    },
}


class StoppableEngine:
    """Says that it runs while it does; stops if whoever asked wants that then."""

    name = device = "test bench"
    is_running = False
    runs = 0

    def run(self, inputs, is_cancelled=never):
        self.runs += 1
        self.is_running = True
        is_given_up = is_cancelled()
        self.is_running = False
        if is_given_up:
            raise cancelled()
        structure = np.where(inputs[:, :1] > 0.3, 5, -5).astype(np.float32)
        return np.concatenate([-structure, structure], axis=1)


@pytest.fixture
def engine():
    return StoppableEngine()


@pytest.fixture
def request_in_the_middle(ball_ct):
    x, y, z = (float(mm) for mm in ball_ct.geometry.index_to_lps([10, 15, 20]))
    nothing = np.zeros(ball_ct.geometry.shape, bool)
    return ClickRequest("spleen", (Click((x, y, z), "spleen", True),), nothing)


@pytest.fixture
def sessions(package_folder, manifest, ball_ct, engine):
    """A session of each kind for the same CT and engine."""
    own = ClickSession(ball_ct, load_package(package_folder), lambda _path: engine)
    found = {"clicks": own}
    network = manifest["automatic"]["network"]
    del manifest["automatic"], manifest["clicks"]
    for name, part in MONAI.items():
        other = {name: {"network": network, "low_hu": -100, "high_hu": 100, **part}}
        package_folder.joinpath("manifest.json").write_text(json.dumps(manifest | other))
        package = load_package(package_folder)
        found[name] = open_session(ball_ct, package, lambda _path: engine)
    return found


@pytest.mark.parametrize("kind", ["clicks", *MONAI])
def test_an_automatic_answer_stops_while_the_network_runs(sessions, engine, kind):
    session = sessions[kind]
    if kind == "clicks":
        session.prepare()  # which warms another network up
    before = engine.runs
    with pytest.raises(CancelledError):
        session.segment("spleen", is_cancelled=lambda: engine.is_running)
    assert engine.runs == before + 1
    session.segment("spleen")
    assert engine.runs > before + 1  # asked again, it begins anew


@pytest.mark.parametrize("kind", ["clicks", "whole_volume"])
def test_the_answer_to_a_click_stops_while_the_network_runs(
    sessions, engine, kind, request_in_the_middle
):
    session = sessions[kind]
    session.prepare()
    with pytest.raises(CancelledError):
        session.respond(request_in_the_middle, lambda: engine.is_running)
    assert session.respond(request_in_the_middle).mask is not None

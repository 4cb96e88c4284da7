"""A version that is promoted while a CT is open: the real window and the real engine process."""

import hashlib
import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from app.bootstrap import make_workbench, model_store
from app.gui import file_dialogs
from app.gui.application import make_application
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic
from app.paths import AppPaths
from imaging.phantom import make_phantom
from imaging.writers.volume_file import write_volume_file
from inference.model_package import load_package
from inference.model_versions import ModelVersions

pytestmark = [pytest.mark.gui_gl, pytest.mark.slow]

MODEL = "ball"
TIMEOUT_MS = 120_000
SPLEEN = 1


def write_package(folder, version, nearness):
    """A model that answers with a ball around foreground clicks: guidance above ``nearness``."""
    folder.mkdir(parents=True)
    kernel = np.zeros((2, 4, 1, 1, 1), np.float32)
    kernel[1, 2] = 20.0
    parts = {"kernel": kernel, "bias": np.array([0.0, -20.0 * nearness], np.float32)}
    shape = ["n", 4, "d", "h", "w"]
    graph = helper.make_graph(
        [helper.make_node("Conv", ["input", "kernel", "bias"], ["logits"])],
        "ball",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", 2, "d", "h", "w"])],
        [numpy_helper.from_array(array, name) for name, array in parts.items()],
    )
    network = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)])
    network.ir_version = 9
    onnx.save(network, folder / "clicks.onnx")
    digest = hashlib.sha256((folder / "clicks.onnx").read_bytes()).hexdigest()
    about = {"id": MODEL, "version": version, "title": "Ball", "licence": "CC0"}
    clicks = {
        "network": {"file": "clicks.onnx", "sha256": digest}, "structures": ["spleen"],
        "channels": ["image", "mask", "foreground", "background"], "spacing_mm": 4.0,
        "low_hu": -160, "high_hu": 240, "guidance_sigma_voxels": 2.0, "side_multiple": 16,
        "max_side": 48,
    }  # fmt: skip
    manifest = {"schema_version": 1, **about, "sources": [], "training_data": [], "clicks": clicks}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return load_package(folder)


@pytest.fixture
def paths(tmp_path):
    paths = AppPaths.under(tmp_path / "home")
    write_package(paths.models / MODEL, "1.0.0", nearness=0.7)
    return paths


@pytest.fixture
def logic(qtbot, qapp, paths, monkeypatch):
    assert make_application() is qapp
    background, gui_thread = Background(), GuiThread()
    package = model_store(paths).find(MODEL)
    # The reference engine: what others make of so small a network is not asked here.
    bench = make_workbench(package, paths, background, gui_thread, engine="onnx-cpu")
    window = MainWindow(bench)
    shown = WindowLogic(window, bench)
    monkeypatch.setattr(file_dialogs, "ask_before_closing", lambda *_: file_dialogs.Unsaved.DISCARD)
    with qtbot.waitExposed(window):
        window.show()
    yield shown
    window.close()
    background.close()


def click(qtbot, bench, index_kji):
    """Click and wait for the answer; returns how many voxels the spleen has then."""
    session = bench.cases.session
    answered = len(session.settled_clicks) + 1
    point = tuple(float(x) for x in session.volume.geometry.index_to_lps(index_kji))
    bench.segmentation.add_click(point, is_foreground=True)
    qtbot.waitUntil(lambda: len(session.settled_clicks) == answered, timeout=TIMEOUT_MS)
    return int((session.labels.array == SPLEEN).sum())


def test_the_open_case_keeps_its_work_and_the_next_click_asks_the_promoted_version(
    qtbot, logic, paths, tmp_path
):
    bench = logic.workbench
    phantom = make_phantom(1, shape=(32, 80, 80))
    ct = tmp_path / "ct.nii.gz"
    write_volume_file(ct, phantom.volume)
    logic.files.open_path(ct)
    qtbot.waitUntil(lambda: bench.segmentation.is_ready, timeout=TIMEOUT_MS)
    session = bench.cases.session
    first = np.array([8, 20, 20])
    small = click(qtbot, bench, first)
    assert small > 0
    kept = session.labels.array.copy()

    versions = ModelVersions(paths.model_versions)
    versions.add(write_package(tmp_path / "candidate", "1.0.1", nearness=0.2))
    versions.promote(MODEL, "1.0.1")
    qtbot.waitUntil(lambda: bench.model.version == "1.0.1", timeout=TIMEOUT_MS)

    assert bench.segmentation.is_ready
    assert bench.cases.session is session
    assert np.array_equal(session.labels.array, kept)
    assert len(session.settled_clicks) == 1
    assert session.undo_name
    assert logic._window.status.model_text == "Model 1.0.1: Ball"
    assert "version 1.0.1, is in use from now on" in logic._window.banner.text
    large = click(qtbot, bench, [24, 60, 60]) - small
    assert large > 2 * small

    versions.roll_back(MODEL)
    qtbot.waitUntil(lambda: bench.model.version == "1.0.0", timeout=TIMEOUT_MS)
    assert click(qtbot, bench, [24, 20, 60]) - small - large < large / 2

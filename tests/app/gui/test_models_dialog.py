import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMessageBox, QPlainTextEdit

from app.gui.trust_dialog import TrustDialog

pytestmark = pytest.mark.gui


@pytest.fixture
def write_package(tmp_path):
    """Writes a package of ours that another computer might have exported."""

    def write(model_id, folder=None, network=b"network"):
        place = (folder or tmp_path / "downloads") / model_id
        place.mkdir(parents=True)
        (place / "network.onnx").write_bytes(network)
        sha256 = hashlib.sha256(b"network").hexdigest()
        manifest = {
            "schema_version": 1,
            "id": model_id,
            "version": "1.2.0",
            "title": f"The {model_id} model",
            "licence": "Apache-2.0",
            "sources": ["a test"],
            "training_data": ["nobody"],
            "sliding_window": {
                "network": {"file": "network.onnx", "sha256": sha256},
                "outputs": ["background", "spleen"],
                "spacing_ras_mm": [1.5, 1.5, 2],
                "low_hu": -57,
                "high_hu": 164,
                "window_ras": [96, 96, 96],
                "overlap": 0.5,
                "blending": "constant",
                "batch": 4,
            },
        }
        (place / "manifest.json").write_text(json.dumps(manifest))
        return place

    return write


@pytest.fixture
def installed(tmp_path, write_package):
    """Two models: the one that the window works with, and an imported one."""
    for model_id in ("shipped", "mine"):
        write_package(model_id, tmp_path / "models")


@pytest.fixture
def dialog(desk, installed):  # noqa: ARG001 - they must be there before the dialog
    desk.actions["models"].trigger()
    yield desk.logic.models.dialog
    if desk.logic.models.dialog is not None:
        desk.logic.models.dialog.close()


def rows(dialog):
    table = dialog._table
    return [[table.item(row, c).text() for c in (0, 1, 2, 3, 5)] for row in range(table.rowCount())]


def centre_lps(desk):
    geometry = desk.session.volume.geometry
    return tuple(geometry.index_to_lps(np.array(geometry.shape) // 2))


def select(dialog, model_id):
    ids = [entry.package.id for entry in dialog._entries]
    dialog._table.selectRow(ids.index(model_id))


def test_models_are_listed_with_what_they_can_do(dialog):
    assert rows(dialog) == [
        ["The mine model", "1.2.0", "spleen", "No", ""],
        ["The shipped model", "1.2.0", "spleen", "No", "In use"],
    ]
    assert dialog.selected_id == "shipped"
    assert not dialog._remove.isEnabled()
    assert not dialog._choose.isEnabled()


def test_another_model_is_used_at_once_and_after_the_next_start(desk, dialog):
    select(dialog, "mine")
    dialog._choose.click()
    assert [row[-1] for row in rows(dialog)] == ["In use", ""]
    assert dialog.selected_id == "mine"
    assert not dialog._remove.isEnabled()
    assert desk.workbench.model.id == "mine"
    assert '"model": "mine"' in (desk.workbench.logs / "settings.json").read_text()


def test_the_open_case_gets_the_other_model_and_keeps_its_work(desk, dialog):
    desk.open_case()
    desk.workbench.segmentation.add_click(centre_lps(desk), is_foreground=True)
    desk.executor.run_all()
    labels = desk.session.labels.array.copy()
    assert labels.any()
    desk.predictor.is_prepared = False
    select(dialog, "mine")
    dialog._choose.click()
    assert not desk.workbench.segmentation.is_ready
    desk.executor.run_all()
    assert desk.predictor.is_prepared
    assert desk.workbench.segmentation.is_ready
    assert np.array_equal(desk.session.labels.array, labels)
    assert len(desk.session.clicks.clicks) == 1
    assert dialog.message == "The mine model, version 1.2.0, is in use from now on."
    assert "takes no clicks" in desk.workbench.segmentation.why_no_clicks()


def test_no_other_model_is_used_while_a_click_waits_for_its_answer(desk, dialog):
    desk.open_case()
    desk.workbench.segmentation.add_click(centre_lps(desk), is_foreground=True)
    select(dialog, "mine")
    dialog._choose.click()
    assert "Wait for it" in dialog.message
    assert desk.workbench.model.id == "shipped"
    desk.executor.run_all()
    assert desk.session.labels.array.any()


def test_an_imported_model_is_removed_after_a_question(dialog, tmp_path, monkeypatch):
    answers = [QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes]
    monkeypatch.setattr(QMessageBox, "question", lambda *_: answers.pop(0))
    select(dialog, "mine")
    dialog._remove.click()
    assert (tmp_path / "models" / "mine").exists()
    dialog._remove.click()
    assert not (tmp_path / "models" / "mine").exists()
    assert len(rows(dialog)) == 1


def drop(window, path: Path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), actions, data, buttons, keys))
    window.dropEvent(QDropEvent(QPointF(5, 5), actions, data, buttons, keys))


@pytest.mark.usefixtures("installed")
def test_a_model_that_is_dropped_on_the_window_is_imported(desk, write_package, tmp_path):
    drop(desk.window, write_package("new"))
    dialog = desk.logic.models.dialog
    assert dialog is not None
    assert dialog._progress.isVisible()
    assert not dialog._folder.isEnabled()
    desk.executor.run_all()
    assert dialog.message == "The new model is installed: spleen."
    assert not dialog._progress.isVisible()
    assert "The new model" in [row[0] for row in rows(dialog)]
    assert (tmp_path / "models" / "new" / "network.onnx").exists()


def test_a_damaged_model_is_refused_in_a_sentence(desk, dialog, write_package, tmp_path):
    desk.workbench.models.import_path(write_package("damaged", network=b"other"))
    desk.executor.run_all()
    assert "network.onnx of damaged 1.2.0 is missing or has changed" in dialog.message
    assert not (tmp_path / "models" / "damaged").exists()
    assert dialog._folder.isEnabled()


def test_an_import_that_is_cancelled_installs_nothing(desk, dialog, tmp_path, monai_bundles):
    about = monai_bundles.metadata("1.0.0", ["background", "spleen"])
    folder = monai_bundles.write_bundle(tmp_path / "b", monai_bundles.spleen_config(), about)
    torch = pytest.importorskip("torch")
    torch.save({"model": {"w": torch.ones(1)}}, folder / "models" / "model.pt")
    desk.workbench.models.import_path(folder)
    dialog._stop.click()
    desk.executor.run_all()
    assert "cancelled" in dialog.message
    assert not (tmp_path / "models" / "b").exists()


def test_the_dialog_can_be_closed_and_opened_again(desk, dialog):
    dialog.close()
    assert desk.logic.models.dialog is None
    desk.actions["models"].trigger()
    assert desk.logic.models.dialog.isVisible()


def test_code_of_its_own_is_shown_and_runs_only_after_a_tick(
    desk, dialog, tmp_path, monai_bundles, monkeypatch
):
    asked = []

    def refuse(trust):
        asked.append((trust.run_button.isEnabled(), trust.findChild(QPlainTextEdit).toPlainText()))
        trust.trusts.setChecked(True)
        asked.append(trust.run_button.isEnabled())
        return False

    monkeypatch.setattr(TrustDialog, "exec", refuse)
    about = monai_bundles.metadata("1.0.0", ["background", "spleen"])
    config = monai_bundles.spleen_config() | {"network_def": {"_target_": "scripts.own.Own"}}
    folder = monai_bundles.write_bundle(tmp_path / "own", config, about)
    (folder / "models" / "model.pt").touch()
    desk.workbench.models.import_path(folder)
    desk.executor.run_all()
    (enabled, code), enabled_after_tick = asked
    assert (enabled, enabled_after_tick) == (False, True)
    assert "scripts.own.Own" in code
    assert dialog.message == "own was not imported, and none of its code was run."

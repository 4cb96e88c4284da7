import pytest
from PySide6.QtWidgets import QComboBox, QDialog

from app.gui import file_dialogs
from app.gui.checkpoint_dialog import CheckpointDialog
from app.gui.zoo_dialog import ZooDialog
from app.model_zoo import ZOO, ZooInstaller
from imaging.errors import UnreachableError

pytestmark = pytest.mark.gui


@pytest.fixture
def zoo(qtbot, application):  # noqa: ARG001 - there must be one
    dialog = ZooDialog(ZOO, frozenset({"spleen_ct_segmentation"}), "http://proxy:3128")
    qtbot.addWidget(dialog)
    return dialog


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the installer, which has no network."""
    names = []

    def install(_self, model, _model_id, _report, _is_cancelled):
        names.append(model.name)
        raise UnreachableError("There is no network. Carry the file over.")

    monkeypatch.setattr(ZooInstaller, "install", install)
    return names


def test_a_model_is_downloaded_only_after_its_licence_was_accepted(zoo):
    assert not zoo.download.isEnabled()
    zoo.accepts.setChecked(True)
    assert zoo.download.isEnabled()
    zoo.table.selectRow(2)
    assert not zoo.accepts.isChecked()
    assert not zoo.download.isEnabled()
    assert zoo.chosen.name == "pancreas_ct_dints_segmentation"
    assert zoo.proxy == "http://proxy:3128"


def test_a_model_that_is_installed_is_not_downloaded_again(zoo):
    zoo.table.selectRow(1)
    assert not zoo.accepts.isEnabled()
    assert "Installed already" in zoo.download.toolTip()


def test_the_window_asks_the_network_after_the_download_button_alone(desk, asked, monkeypatch):
    answers = [QDialog.DialogCode.Rejected, QDialog.DialogCode.Accepted]
    monkeypatch.setattr(ZooDialog, "exec", lambda _self: answers.pop(0))
    desk.actions["models"].trigger()
    dialog = desk.logic.models.dialog
    dialog._zoo.click()
    desk.executor.run_all()
    assert asked == []
    dialog._zoo.click()
    assert dialog._progress.isVisible()
    assert not dialog._zoo.isEnabled()
    desk.executor.run_all()
    assert asked == ["spleen_deepedit_annotation"]
    assert dialog.message == "There is no network. Carry the file over."
    assert dialog._zoo.isEnabled()
    dialog.close()


@pytest.fixture
def checkpoint(tmp_path):
    path = tmp_path / "net_epoch=3.pt"
    path.write_bytes(b"no weights")
    return path


def test_a_checkpoint_is_imported_as_what_the_user_says_it_is(qtbot, checkpoint):
    dialog = CheckpointDialog(checkpoint)
    qtbot.addWidget(dialog)
    dialog.structures.setText("spleen, liver,")
    dialog.side.setValue(96)
    wish = dialog.wish
    assert (wish.network, wish.structures, wish.side) == ("dynunet", ("spleen", "liver"), 96)
    dialog.structures.setText(" , ")
    assert not dialog._accept.isEnabled()


def test_a_checkpoints_network_may_be_described_in_a_file(qtbot, checkpoint, tmp_path, monkeypatch):
    dialog = CheckpointDialog(checkpoint)
    qtbot.addWidget(dialog)
    files = [None, tmp_path / "network.json"]
    monkeypatch.setattr(file_dialogs, "ask_network_file", lambda *_: files.pop(0))
    choose(dialog.network)
    assert dialog.wish.network == "dynunet"
    choose(dialog.network)
    assert dialog.wish.network == str(tmp_path / "network.json")
    assert dialog.network.currentText() == "network.json"


def choose(network: QComboBox):
    """As a user does who wants a file."""
    network.setCurrentIndex(network.count() - 1)
    network.activated.emit(network.count() - 1)


def test_a_damaged_checkpoint_is_refused_in_a_sentence(desk, checkpoint, monkeypatch):
    monkeypatch.setattr(CheckpointDialog, "exec", lambda _self: QDialog.DialogCode.Accepted)
    assert desk.logic.models.import_dropped(checkpoint)
    desk.executor.run_all()
    message = desk.logic.models.dialog.message
    assert checkpoint.name in message
    assert "unexpectedly" not in message
    desk.logic.models.dialog.close()

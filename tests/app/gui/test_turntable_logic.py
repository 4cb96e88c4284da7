"""The turning film: taken while the view turns, written in the background, cancelled cleanly."""

from unittest.mock import patch

import numpy as np
import pytest
from PIL import Image

from app.gui import turntable_logic
from imaging.errors import WriteError
from viewer.scenes.turning_film import FRAMES, write_film

pytestmark = pytest.mark.gui


def camera(desk):
    scene = desk.logic.views.case_view.views.volume_scene
    return np.array(scene.renderer.GetActiveCamera().GetPosition())


def start(desk, path):
    with patch.object(turntable_logic, "ask_where_to_save_film", return_value=path):
        desk.actions["save_turntable"].trigger()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(turntable_logic, "FRAMES", 8)


@pytest.mark.usefixtures("few")
def test_a_turn_is_saved_and_the_view_is_where_it_was(desk, qtbot, tmp_path):
    desk.open_case()
    desk.window.grab()
    before = camera(desk)
    start(desk, tmp_path / "turn.gif")
    turntable = desk.logic.views._turntable._turntable
    with qtbot.waitSignal(turntable.finished):
        pass
    desk.executor.run_all()

    assert "Saved the film" in desk.window.banner.text
    with Image.open(tmp_path / "turn.gif") as film:
        assert film.n_frames == 8
        assert film.info["loop"] == 0
    np.testing.assert_allclose(camera(desk), before, atol=1e-6)
    assert desk.workbench.activities.current is None


def test_cancel_turns_back_and_writes_nothing(desk, qtbot, tmp_path):
    desk.open_case()
    desk.window.grab()
    before = camera(desk)
    start(desk, tmp_path / "turn.gif")
    with qtbot.waitSignal(desk.logic.views._turntable._turntable.progressed):
        pass
    desk.workbench.activities.current.cancel()
    desk.executor.run_all()

    np.testing.assert_allclose(camera(desk), before, atol=1e-6)
    assert list(tmp_path.glob("turn*")) == []
    assert desk.workbench.activities.current is None
    assert desk.logic.views.case_view.views.volume_widget.isEnabled()


@pytest.mark.usefixtures("few")
def test_a_folder_that_refuses_is_said_in_a_sentence(desk, qtbot, tmp_path):
    desk.open_case()
    start(desk, tmp_path / "nowhere" / "turn.gif")
    with qtbot.waitSignal(desk.logic.views._turntable._turntable.finished):
        pass
    desk.executor.run_all()

    assert "turn.gif was not saved" in desk.window.banner.text


def test_every_kind_of_film_has_all_pictures(tmp_path):
    pictures = [np.full((40, 50, 3), 20 * step, np.uint8) for step in range(6)]
    for suffix in (".gif", ".png", ".webp"):
        write_film(pictures, tmp_path / f"film{suffix}")
        with Image.open(tmp_path / f"film{suffix}") as film:
            assert film.n_frames == 6
            film.seek(5)
            assert abs(int(np.asarray(film.convert("RGB"))[20, 25, 0]) - 100) <= 4


def test_an_unknown_ending_is_refused(tmp_path):
    with pytest.raises(WriteError, match="ends in"):
        write_film([np.zeros((4, 4, 3), np.uint8)], tmp_path / "film.avi")


def test_a_turn_is_even():
    assert 360 % FRAMES == 0

import threading

import pytest

from app.gui.background import Background
from app.gui.gui_thread import GuiThread

pytestmark = pytest.mark.gui


def test_a_function_called_from_another_thread_runs_on_the_gui_thread(qtbot):
    gui_thread, ran_on = GuiThread(), []
    worker = threading.Thread(
        target=lambda: gui_thread.call(lambda: ran_on.append(threading.get_ident()))
    )
    worker.start()
    worker.join()
    assert ran_on == []

    qtbot.waitUntil(lambda: ran_on == [threading.get_ident()])


def test_inference_always_runs_on_the_same_thread():
    background = Background()
    idents = {background.inference.submit(threading.get_ident).result() for _ in range(5)}
    background.close()

    assert len(idents) == 1
    assert threading.get_ident() not in idents

"""The whole journey in the real program with its real model, as a process of its own.

Run by ``test_silence.py``, which listens to this process and to all that it starts.
"""

import sys
import time
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from app.bootstrap import make_workbench, model_store
from app.controllers.export_controller import ExportRequest
from app.gui import file_dialogs
from app.gui.application import make_application
from app.gui.background import Background
from app.gui.gui_thread import GuiThread
from app.gui.main_window import MainWindow
from app.gui.window_logic import WindowLogic
from app.paths import AppPaths
from imaging.phantom import make_phantom
from imaging.structures import structure_by_name
from imaging.writers.volume_file import write_volume_file
from viewer.scenes.planes import Plane

LIMIT_S = 150.0
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

folder = Path(sys.argv[1])
application = make_application()
background, gui_thread = Background(), GuiThread()
paths = AppPaths.of_user()
bench = make_workbench(model_store(paths).find(None), paths, background, gui_thread)
window = MainWindow(bench)
logic = WindowLogic(window, bench)
window.show()
logic.help.greet()


def until(what, condition):
    started = time.monotonic()
    while not condition():
        application.processEvents()
        time.sleep(0.005)
        if time.monotonic() - started > LIMIT_S:
            sys.exit(f"{what} did not happen; the window says: {window.banner.text}")


def press(key):
    until(f"{key} became possible", window.actions_by_key[key].isEnabled)
    window.actions_by_key[key].trigger()


def ready(session):
    return bench.cases.session is not session and bench.segmentation.is_ready


def stroke(widget, way_px):
    """Draw with the left button along points of the widget."""
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * (len(way_px) - 2)]
    for kind, (x, y) in zip((*kinds, QEvent.Type.MouseButtonRelease), way_px, strict=True):
        point = QPointF(x, y)
        button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else LEFT
        held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else LEFT
        event = QMouseEvent(kind, point, widget.mapToGlobal(point), button, held, NO_KEY)
        QApplication.sendEvent(widget, event)


press("open_sample")
until("the sample case opened", lambda: bench.cases.session is not None)
sample = bench.cases.session

phantom = make_phantom(3, shape=(32, 96, 96))
ct = folder / "ct.nii.gz"
write_volume_file(ct, phantom.volume)
logic.files.open_path(ct)
until("the CT opened", lambda: ready(sample))
session = bench.cases.session
geometry = session.volume.geometry

segmented = []
bench.segmentation.segmented.connect(segmented.append)
press("segment")
until("the automatic answer came", lambda: segmented)

spleen = np.argwhere(phantom.labels == structure_by_name("spleen").label_value)
point_lps = tuple(float(x) for x in geometry.index_to_lps(spleen[len(spleen) // 2]))
for number, is_foreground in enumerate((True, False), start=1):
    bench.segmentation.add_click(point_lps, is_foreground=is_foreground)
    until(f"click {number} was answered", lambda n=number: len(session.settled_clicks) == n)

press("brush")
views = logic.views.widget
views.state.set_cursor(point_lps)
views.grab()
axial = views.slice_widgets[Plane.AXIAL]
x, y = axial.scene.project(point_lps)
stroke(axial, [(x, y), (x + 10, y), (x + 20, y)])
until("the stroke was drawn", lambda: (session.undo_name or "").startswith("brush"))

mask = folder / "mask.nii.gz"
file_dialogs.ask_where_to_save = lambda *_: mask
press("save")
until("the mask was saved", lambda: mask.is_file() and not session.is_modified)

project = bench.project
project.projects.create_project(folder / "study")
until("the project was made", lambda: project.projects.project is not None)
project.adding.add([ct], copies=True, deidentifies=False)
until("the case was added", lambda: project.projects.listing.case_count == 1)
before = bench.cases.session
press("next_undone")
until("the case of the project opened", lambda: project.opener.opened and ready(before))
session = bench.cases.session
bench.segmentation.add_click(point_lps, is_foreground=True)
until("the click was answered", lambda: len(session.settled_clicks) == 1)
press("save")
until("a version was saved", lambda: not session.is_modified)

out = folder / "out"
case_id = project.opener.opened.case_id
ended = []
project.exporting.ended.connect(lambda: ended.append(True))
project.exporting.export(ExportRequest("dicom-seg", out, case_id))
until("the export ended", lambda: ended)
if not list(out.rglob("*.dcm")):
    sys.exit(f"nothing was exported; the window says: {window.banner.text}")

bench.computer.examine(tries_engines=False)
until("the computer was looked at", lambda: not bench.computer.is_busy)
session.mark_saved(session.state)
window.close()
background.close()
print("the journey is over")  # noqa: T201 -- for the test

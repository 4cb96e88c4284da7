"""Takes the pictures of the window in `docs/pictures/`, using the real program as a user does.

It starts a screen of its own (Xvfb), opens the window with the shipped model, segments the
spleen, clicks where the mask is most wrong, and keeps what the window shows, at last two pictures
of the German one. With ``--data`` the two open CTs are shown too. Only X is needed, no person.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtWidgets import QWidget

    from app.gui.main_window import MainWindow
    from app.gui.window_logic import WindowLogic
    from app.gui.workbench import Workbench

ROOT = Path(__file__).resolve().parents[1]
WINDOW_SIZE_PX = (1400, 860)
SCREEN_SIZE_PX = (1600, 1000)
MAX_FILE_BYTES = 500_000
"""On a usual screen; a fine one has more pixels."""

LIMIT_S = 600.0
QUIET_S = 1.5
"""Surfaces and the last frames are drawn within this time after the model has answered."""

SPLEEN_CLICKS = 3
PANCREAS_CLICKS = 2

MADE_UP_SERIES = (
    ("Topogram 0.6", "", 1, 0.6, None, "It is a localizer (scout), not a volume."),
    ("Abdomen 1.0 Br40", "arterial", 412, 1.0, (412, 512, 512), None),
    ("Abdomen 1.0 Br40", "portal venous", 412, 1.0, (412, 512, 512), None),
    ("Abdomen 5.0 cor", "portal venous", 60, 5.0, (60, 512, 512), None),
    ("Segmentation", "", 1, None, None, "It is a segmentation (DICOM SEG), not a CT."),
)
"""Description, phase, slices, thickness, shape and problem: a usual abdomen examination."""


def main() -> None:
    """Take all pictures, and say what was measured on the way."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, help="folder of the open CTs, for two more pictures")
    options.add_argument("--out", type=Path, help="all pictures there, not in docs/pictures")
    options.add_argument("--language", choices=("en", "de"), default="en")
    options.add_argument("--scale", type=int, choices=(1, 2), default=1, help="of the screen")
    options.add_argument(
        "--few", action="store_true", help="in German: only the two that the documents show"
    )
    arguments = options.parse_args()
    if arguments.language == "de" and arguments.out is None and not arguments.few:
        options.error("All pictures in German need a folder of their own: give --out DIR.")
    out = arguments.out or ROOT / "docs" / "pictures"
    out.mkdir(parents=True, exist_ok=True)
    os.environ["QT_SCALE_FACTOR"] = str(arguments.scale)
    with virtual_screen(arguments.scale), tempfile.TemporaryDirectory() as home:
        os.environ["MASKWRIGHT_HOME"] = home  # neither the user's settings nor recent files
        camera = Photographer(out, arguments.language)
        if arguments.few:
            from german_pictures import take_german

            take_german(camera)
            camera.close()
        else:
            take_all(camera, arguments.data)
    if arguments.language == "en":
        german = ("--language", "de", "--few", "--out", str(out))
        subprocess.run(
            [sys.executable, __file__, *german, "--scale", str(arguments.scale)], check=True
        )


@contextmanager
def virtual_screen(scale: int = 1) -> Iterator[None]:
    """An X server that only this program uses, so that every picture has the same size."""
    if shutil.which("Xvfb") is None:
        raise SystemExit("Xvfb is missing. On Debian: apt-get install xvfb")
    reading, writing = os.pipe()
    screen = "{}x{}x24".format(*(scale * side for side in SCREEN_SIZE_PX))
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
        yield
    finally:
        server.terminate()
        server.wait()


class Photographer:
    """The window, the hands of a user, and a camera."""

    def __init__(self, out: Path, language: str = "en", model: str | None = None) -> None:
        from watched_executor import WatchedExecutor

        from app.bootstrap import make_workbench, model_store
        from app.gui.application import make_application
        from app.gui.background import Background
        from app.gui.gui_thread import GuiThread
        from app.gui.language import speak
        from app.gui.main_window import MainWindow
        from app.gui.window_logic import WindowLogic
        from app.paths import AppPaths

        self._out = out
        self._application = make_application()
        speak(language, self._application)
        self._background, gui_thread = Background(), GuiThread()
        self._executors = tuple(
            WatchedExecutor(one) for one in (self._background.pool, self._background.inference)
        )
        self._background._pool, self._background._inference = self._executors
        paths = AppPaths.of_user()
        package = model_store(paths).find(model)
        self.bench: Workbench = make_workbench(package, paths, self._background, gui_thread)
        self.window: MainWindow = MainWindow(self.bench)
        self.logic: WindowLogic = WindowLogic(self.window, self.bench)
        self.window.resize(*WINDOW_SIZE_PX)
        self.window.show()
        self.wait()

    def process_events(self) -> None:
        """Let the window do what it has to."""
        self._application.processEvents()
        time.sleep(0.005)

    def wait(self) -> None:
        """Until nothing runs and all is drawn."""
        started = time.monotonic()
        quiet_since = started
        while time.monotonic() - quiet_since < QUIET_S:
            self.process_events()
            is_at_work = self.bench.activities.current or self.bench.segmentation.is_answering
            if is_at_work or any(executor.is_busy for executor in self._executors):
                quiet_since = time.monotonic()
            if time.monotonic() - started > LIMIT_S:
                raise SystemExit("The program did not finish its work in ten minutes.")

    def press(self, *action_keys: str) -> None:
        """Choose actions of the menus, one after the other."""
        for key in action_keys:
            self.window.actions_by_key[key].trigger()
            self.wait()

    def press_digit(self, digit: int) -> None:
        """Make a structure of the list active."""
        self.window.digit_pressed.emit(digit)

    def keep(self, name: str) -> None:
        """A picture of the window."""
        self.wait()
        self._save(self.window, name)

    def keep_widget(self, name: str, widget: QWidget) -> None:
        """A picture of a dialog that is open and stops nothing."""
        self.wait()
        self._save(widget, name)

    def keep_dialog(self, name: str, action_key: str) -> None:
        """A picture of the dialog that an action opens."""
        self._when_open(name)
        self.window.actions_by_key[action_key].trigger()

    def keep_series_dialog(self, name: str) -> None:
        """A picture of the choice of series, with series that are made up."""
        from imaging.readers.series_info import SeriesInfo

        series = tuple(
            SeriesInfo(
                series_uid=str(number),
                description=description,
                modality="CT",
                slice_count=slices,
                slice_thickness_mm=thickness_mm,
                phase=phase,
                shape=shape,
                problem=problem,
                warnings=(),
            )
            for number, (description, phase, slices, thickness_mm, shape, problem) in enumerate(
                MADE_UP_SERIES
            )
        )
        self._when_open(name, prepare=_show_previews)
        self.bench.cases.series_wanted.emit(Path("abdomen"), series)

    def click(self, point_lps: tuple[float, float, float], *, is_foreground: bool) -> None:
        """Scroll to a point, choose the tool, and click at it in the axial plane."""
        from PySide6.QtCore import QPoint, Qt
        from PySide6.QtTest import QTest

        from viewer.scenes.planes import Plane

        views = self.logic.prepare_views().case_view.views
        views.state.set_cursor(point_lps)
        self.press("foreground" if is_foreground else "background")
        widget = views.slice_widgets[Plane.AXIAL]
        x, y = widget.scene.project(point_lps) or (0, 0)
        button: Qt.MouseButton = Qt.MouseButton.LeftButton
        QTest.mouseClick(widget, button, Qt.KeyboardModifier.NoModifier, QPoint(round(x), round(y)))
        self.wait()

    def correct(self, name: str, truth: NDArray[np.bool_], clicks: int) -> None:
        """Click where a structure's mask is most wrong, as the simulated user does."""
        from training.simulated_clicks import click_in_largest_error

        session = self.bench.cases.session
        if session is None:
            raise SystemExit(self.window.banner.text)
        session.activate(name)
        geometry = session.volume.geometry
        self._say(name, truth, 0)
        for number in range(1, clicks + 1):
            mask = session.labels.mask(session.active.label_value)
            click = click_in_largest_error(truth, mask, geometry.spacing_kji_mm)
            if click is None:
                return
            x, y, z = geometry.index_to_lps(click.index_kji)
            self.click((float(x), float(y), float(z)), is_foreground=click.is_foreground)
            self._say(name, truth, number)

    def close(self) -> None:
        """Close the window; nothing is saved."""
        session = self.bench.cases.session
        if session is not None:
            session.mark_saved(session.state)  # nobody is there to be asked
        self.window.close()
        self._background.close()

    def _when_open(
        self, name: str, prepare: Callable[[QWidget], None] = lambda _dialog: None
    ) -> None:
        """Keep a picture of the next dialog, and close it."""
        from PySide6.QtCore import QTimer

        def look() -> None:
            dialog = self._application.activeModalWidget()
            if dialog is None:
                QTimer.singleShot(100, look)
                return
            prepare(dialog)
            self._save(dialog, name)
            dialog.close()

        QTimer.singleShot(500, look)

    def _save(self, widget: QWidget, name: str) -> None:
        path = self._out / f"{name}.png"
        widget.grab().save(str(path), "PNG", 0)  # 0 is the smallest file
        size_bytes = path.stat().st_size
        most_bytes = MAX_FILE_BYTES * widget.devicePixelRatioF() ** 2
        if size_bytes > most_bytes:
            raise SystemExit(f"{path.name} has {size_bytes} bytes, more than {most_bytes:.0f}.")
        say(f"{path.name}: {size_bytes // 1000} kB")

    def _say(self, name: str, truth: NDArray[np.bool_], clicks: int) -> None:
        from app.demo import dice

        session = self.bench.cases.session
        if session is not None:
            mask = session.labels.mask(session.active.label_value)
            last_s = self.bench.segmentation.latency.last_s
            seconds = f", {last_s:.2f} s" if clicks and last_s is not None else ""
            say(f"  {name}, {clicks} clicks: Dice {dice(mask, truth):.3f}{seconds}")


def take_all(camera: Photographer, data: Path | None) -> None:
    """Every picture, in the order in which a new user would see the things."""
    from help_pictures import take_help
    from project_pictures import take_project
    from tool_pictures import take_tools
    from view_pictures import take_views

    camera.keep("window-start")
    camera.keep_series_dialog("window-series")
    take_sample(camera)
    with tempfile.TemporaryDirectory() as home:
        no_ct = Path(home) / "notes.nii.gz"
        no_ct.write_text("This is no CT.", encoding="utf-8")
        camera.bench.cases.open_path(no_ct)
        camera.keep("window-error")
    take_tools(camera)
    take_views(camera)
    camera.keep_dialog("window-about", "about")
    take_help(camera)
    take_project(camera)
    if data is not None:
        ct = data / "ct"
        folder = ct / "totalseg_nifti"
        take_ct(camera, "window-ct-nifti", folder / "ct.nii.gz", folder / "labels/spleen.nii.gz")
        folder = ct / "totalseg_dicom"
        take_ct(camera, "window-ct-dicom", folder / "series", folder / "labels_all.nii.gz")
    camera.close()


def take_sample(camera: Photographer) -> None:
    """The sample case: the spleen by the button and clicks, the pancreas by clicks alone."""
    from app.case_files import SAMPLE_SEED
    from imaging.phantom import make_phantom
    from imaging.structures import structure_by_name

    say("Sample case")
    truth = make_phantom(SAMPLE_SEED).labels
    camera.press("open_sample", "segment")
    for name, clicks in (("pancreas", PANCREAS_CLICKS), ("spleen", SPLEEN_CLICKS)):
        camera.correct(name, truth == structure_by_name(name).label_value, clicks)
    camera.press("go_to_structure")
    camera.keep("window-sample")


def take_ct(camera: Photographer, name: str, path: Path, truth_path: Path) -> None:
    """A real CT: the spleen by the button and clicks."""
    from imaging.readers.label_file import open_label_map
    from imaging.structures import structure_by_name

    say(name)
    session = camera.bench.cases.session
    if session is not None:
        session.mark_saved(session.state)  # nobody is there to be asked
    camera.bench.cases.open_path(path)
    camera.wait()
    camera.press("segment")
    opened = camera.bench.cases.session
    if opened is None or opened is session:
        raise SystemExit(camera.window.banner.text)
    labels = open_label_map(truth_path, opened.volume.geometry)
    camera.correct("spleen", labels == structure_by_name("spleen").label_value, SPLEEN_CLICKS)
    camera.press("go_to_structure")
    camera.keep(name)


def _show_previews(dialog: QWidget) -> None:
    """Slices of a synthetic patient for the series that are made up."""
    import numpy as np
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage

    from app.gui.series_dialog import SeriesDialog
    from imaging.phantom import make_phantom

    def png(slice_hu: NDArray[np.generic]) -> bytes:
        grey = np.clip((slice_hu.astype(np.float32) + 160) * 255 / 400, 0, 255).astype(np.uint8)
        height, width = grey.shape
        image = QImage(grey.tobytes(), width, height, width, QImage.Format.Format_Grayscale8)
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        return bytes(buffer.data().data())

    array = make_phantom(0, shape=(96, 160, 160)).volume.array
    middle_k, middle_j, _ = (side // 2 for side in array.shape)
    coronal = np.repeat(array[::-1, middle_j], 2, axis=0)
    axial, later = png(array[middle_k]), png(array[middle_k] + 25)
    if isinstance(dialog, SeriesDialog):
        dialog.show_previews((png(coronal), axial, later, png(coronal), None))


def say(text: str) -> None:
    """Tell whoever watches."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

"""Fixtures that several rooms share."""

import importlib.util
import os
import shutil
import ssl
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pydicom
import pytest
from hypothesis import settings

from imaging.geometry import VolumeGeometry
from imaging.volume import Volume
from imaging.writers.ct_series import write_ct_series

# A process has one Qt platform, so all Qt tests run on X: pytest-xvfb starts a screen of its own
# for the whole run. Hosted VTK widgets are black or crash on Qt's "offscreen" platform, which is
# the way out where Xvfb is missing.
if sys.platform == "linux":
    os.environ["QT_QPA_PLATFORM"] = "xcb" if shutil.which("Xvfb") else "offscreen"
    os.environ.pop("WAYLAND_DISPLAY", None)
    # Qt warns where it is unset (containers), and a Qt warning fails a test.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="maskwright-tests-"))

# The same change passes or fails here as everywhere. New examples are looked for by
# `pytest --hypothesis-profile=explore`; what they find becomes a test of its own.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("repeatable")

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of open CT and DICOM data; tests that need it skip where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the open data set (shared/data) is not beside the project")
    return SHARED_DATA


@pytest.fixture
def oblique_geometry() -> VolumeGeometry:
    """A tilted, anisotropic grid with different side lengths: symmetric ones hide swapped axes."""
    a, b = np.deg2rad([17.0, -9.0])
    turn = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    direction = (turn @ tilt)[:, ::-1]
    return VolumeGeometry.from_parts(
        (20, 30, 40), (-31.0, 12.5, -200.0), (3.0, 0.9, 0.7), direction
    )


@pytest.fixture
def flipped_geometry() -> VolumeGeometry:
    """Stored feet to head reversed and right to left reversed, with anisotropic voxels."""
    direction = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]])
    return VolumeGeometry.from_parts((18, 26, 34), (100.0, -80.0, 40.0), (2.5, 0.8, 1.1), direction)


@pytest.fixture
def write_dicom_ct() -> Callable[..., list[Path]]:
    """Writes a volume as a DICOM series, with whatever header values a test wants."""

    def write(folder: Path, volume: Volume, **tags: object) -> list[Path]:
        folder.parent.mkdir(parents=True, exist_ok=True)
        paths = list(write_ct_series(folder, volume, "Nobody").paths)
        for path in paths:
            dataset = pydicom.dcmread(path)
            for keyword, value in tags.items():
                setattr(dataset, keyword, value)
            dataset.save_as(path)
        return paths

    return write


@pytest.fixture
def ball_ct(oblique_geometry: VolumeGeometry) -> Volume:
    """Air around a body, on a tilted grid; not symmetric in any axis."""
    array = np.full(oblique_geometry.shape, -1000, np.int16)
    array[:, 3:26, 4:37] = 45
    array[2:9, 4:20, 22:31] = 110
    return Volume(array, oblique_geometry, name="Ball")


@pytest.fixture(scope="session")
def monai_bundles() -> ModuleType:
    """Functions that write small MONAI bundles in all layouts that the Model Zoo has had."""
    return _module_beside("bundles_of_monai")


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Starts web servers on this computer; see file_server.py. Proxies of the environment are off.

    All of them stop with the test.
    """
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    module = _module_beside("file_server")
    with ExitStack() as servers:

        def start(content: bytes, context: ssl.SSLContext | None = None) -> Any:
            server = module.FileServer(content, context)
            servers.callback(server.stop)
            return server

        yield start


def _module_beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module

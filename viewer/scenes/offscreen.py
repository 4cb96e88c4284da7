"""Renders a scene into memory: with a display or without, in a widget or in a test."""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Protocol

import numpy as np
import vtkmodules.vtkRenderingFreeType
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401 -- these two register fonts and OpenGL
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from imaging.errors import GraphicsError


class Scene(Protocol):
    """What can be rendered."""

    @property
    def renderers(self) -> tuple[vtkRenderer, ...]:
        """The layers, the lowest first."""
        ...

    def prepare(self, size_px: tuple[int, int], pixel_ratio: float) -> None:
        """Lay everything out for a view of this size; called before each rendering."""
        ...


@cache
def _window_class() -> type[vtkRenderWindow] | None:
    """The kind of window that has OpenGL here; None if none has.

    On Linux EGL comes first: each X window opens a connection of its own, of which a server
    gives out a few hundred, and without a server VTK would say so on stderr. Asked once,
    because VTK ends the process when it renders without OpenGL.
    """
    candidates: list[type[vtkRenderWindow]] = [vtkRenderWindow]
    if sys.platform.startswith("linux"):
        from vtkmodules.vtkRenderingOpenGL2 import vtkEGLRenderWindow

        if not os.environ.get("DISPLAY"):
            candidates.clear()
        candidates.insert(0, vtkEGLRenderWindow)
    return next((kind for kind in candidates if kind().SupportsOpenGL()), None)


def opengl_renderer() -> str:
    """What draws the pictures here, as OpenGL names it; empty where there is no OpenGL."""
    make_window = _window_class()
    if make_window is None:
        return ""
    window = make_window()
    window.SetShowWindow(False)
    window.SetOffScreenRendering(True)
    window.SetSize(8, 8)
    window.Render()
    said = (line.partition(":") for line in window.ReportCapabilities().splitlines())
    facts = {name.strip(): value.strip() for name, _, value in said}
    window.Finalize()
    return facts.get("OpenGL renderer string", "unknown graphics")


class OffscreenView:
    """One scene in an off-screen render window; ``close`` it when done.

    Not tied to a windowing system, so a widget can paint the pixels on any Qt platform and a
    command without a display can save them.

    Raises:
        GraphicsError: there is no OpenGL on this computer.
    """

    def __init__(
        self, scene: Scene, size_px: tuple[int, int] = (512, 512), *, multi_samples: int = 0
    ) -> None:
        make_window = _window_class()
        if make_window is None:
            raise GraphicsError(
                "The pictures cannot be drawn, because this computer has no OpenGL. Install a "
                "graphics driver, or Mesa's software one (Debian: libegl1 and libgl1)."
            )
        self.scene = scene
        self._pixel_ratio = 1.0
        self._window = make_window()
        self._window.SetShowWindow(False)
        self._window.SetOffScreenRendering(True)
        self._window.SetMultiSamples(multi_samples)
        self._window.SetNumberOfLayers(len(scene.renderers))
        self._window.SetDPI(72)
        for layer, renderer in enumerate(scene.renderers):
            renderer.SetLayer(layer)
            self._window.AddRenderer(renderer)
        self._is_closed = False
        self._size_px = (0, 0)
        self.resize(size_px)

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height in rendered pixels."""
        return self._size_px

    def resize(self, size_px: tuple[int, int], pixel_ratio: float = 1.0) -> None:
        """Change the size; ``pixel_ratio`` enlarges text and lines on dense screens."""
        size_px = (max(size_px[0], 1), max(size_px[1], 1))
        self._pixel_ratio = pixel_ratio
        if size_px != self._size_px:
            self._size_px = size_px
            self._window.SetSize(*size_px)

    def render(self) -> NDArray[np.uint8]:
        """Render now; RGBA, shape (height, width, 4), the bottom row first."""
        width_px, height_px = self._size_px
        self.scene.prepare(self._size_px, self._pixel_ratio)
        self._window.Render()
        data = vtkUnsignedCharArray()
        self._window.GetRGBACharPixelData(0, 0, width_px - 1, height_px - 1, 0, data, 0)
        pixels: NDArray[np.uint8] = vtk_to_numpy(data).reshape(height_px, width_px, 4)
        return pixels

    def close(self) -> None:
        """Release the graphics memory; nothing can be rendered after it."""
        if self._is_closed:
            return
        self._is_closed = True
        for renderer in self.scene.renderers:
            self._window.RemoveRenderer(renderer)
        self._window.Finalize()


def render_to_array(
    scene: Scene, size_px: tuple[int, int] = (512, 512), *, multi_samples: int = 0
) -> NDArray[np.uint8]:
    """A picture of a scene: RGB, shape (height, width, 3), the top row first."""
    view = OffscreenView(scene, size_px, multi_samples=multi_samples)
    try:
        return np.ascontiguousarray(view.render()[::-1, :, :3])
    finally:
        view.close()

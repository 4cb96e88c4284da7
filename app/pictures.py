"""Pictures of a case without a window: three planes and 3D in one PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from imaging.clicks import Click
from imaging.errors import WriteError
from imaging.labels import LabelMap
from imaging.structures import all_structures
from imaging.volume import Volume
from viewer.scenes.body import body_box
from viewer.scenes.offscreen import OffscreenView
from viewer.scenes.planes import Plane
from viewer.scenes.slice_scene import SliceScene
from viewer.scenes.styles import StructureStyle
from viewer.scenes.surfaces import surface_from_labels
from viewer.scenes.volume_scene import VolumeScene
from viewer.scenes.window_level import DEFAULT_WINDOW_LEVEL

VIEW_SIZE_PX = (640, 480)
GAP_PX = 4
GAP_GREY = 40


class CasePictures:
    """The four views of one case, drawn off screen; a context manager."""

    def __init__(self, volume: Volume, labels: LabelMap) -> None:
        self._volume = volume
        self._labels = labels
        self._slices = {plane: SliceScene(plane) for plane in Plane}
        self._surfaces = VolumeScene()
        self._slice_views = {
            plane: OffscreenView(scene, VIEW_SIZE_PX) for plane, scene in self._slices.items()
        }
        self._surface_view = OffscreenView(self._surfaces, VIEW_SIZE_PX)
        styles = [StructureStyle.of(structure) for structure in all_structures()]
        body = body_box(volume)
        for scene in self._slices.values():
            scene.show_volume(volume, body)
            scene.set_window_level(DEFAULT_WINDOW_LEVEL)
            scene.set_structures(styles)
            scene.show_labels(labels.array)
        self._surfaces.show_volume(volume)
        self._surfaces.set_structures(styles)
        self.look_at(volume.geometry.index_to_lps((np.array(volume.geometry.shape) - 1) // 2))

    def __enter__(self) -> CasePictures:
        return self

    def __exit__(self, *_: object) -> None:
        for view in (*self._slice_views.values(), self._surface_view):
            view.close()

    def look_at(self, point_lps: Sequence[float] | NDArray[np.float64]) -> None:
        """Show the slices through a point."""
        x, y, z = (float(mm) for mm in point_lps)
        for scene in self._slices.values():
            scene.set_cursor((x, y, z))
        self._surfaces.set_cursor((x, y, z))

    def set_clicks(self, clicks: Sequence[Click]) -> None:
        """Mark these clicks."""
        for scene in self._slices.values():
            scene.set_clicks(clicks)

    def planes(self) -> dict[Plane, NDArray[np.uint8]]:
        """The three slices as they are now; each RGB, shape (height, width, 3)."""
        for scene in self._slices.values():
            scene.show_labels(self._labels.array)
        return {plane: _pixels(view) for plane, view in self._slice_views.items()}

    def save(self, path: Path) -> None:
        """Write axial and 3D above coronal and sagittal as one PNG.

        Raises:
            WriteError: the file cannot be written.
        """
        planes = self.planes()
        for structure in all_structures():
            surface = surface_from_labels(
                self._labels.array, structure.label_value, self._volume.geometry
            )
            self._surfaces.set_surface(structure.label_value, surface)
        surfaces = _pixels(self._surface_view)
        write_png(
            path,
            _montage(
                [[planes[Plane.AXIAL], surfaces], [planes[Plane.CORONAL], planes[Plane.SAGITTAL]]]
            ),
        )


def write_png(path: Path, rgb: NDArray[np.uint8]) -> None:
    """Write a picture, shape (height, width, 3).

    Raises:
        WriteError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        sitk.WriteImage(sitk.GetImageFromArray(rgb, isVector=True), str(path), useCompression=True)
    except (OSError, RuntimeError) as error:
        raise WriteError(f"{path} could not be written. Choose another folder.") from error


def _pixels(view: OffscreenView) -> NDArray[np.uint8]:
    """The view as RGB, the top row first."""
    return np.ascontiguousarray(view.render()[::-1, :, :3])


def _montage(rows: list[list[NDArray[np.uint8]]]) -> NDArray[np.uint8]:
    height, width, _ = rows[0][0].shape
    grid = np.full(
        (
            len(rows) * (height + GAP_PX) - GAP_PX,
            len(rows[0]) * (width + GAP_PX) - GAP_PX,
            3,
        ),
        GAP_GREY,
        np.uint8,
    )
    for row, pictures in enumerate(rows):
        for column, picture in enumerate(pictures):
            top, left = row * (height + GAP_PX), column * (width + GAP_PX)
            grid[top : top + height, left : left + width] = picture
    return grid

"""The CT itself in 3D: rays through its voxels, with looks for bone, vessels and the like."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401 -- registers what shows cast rays
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPiecewiseFunction, vtkPlane
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkColorTransferFunction,
    vtkRenderer,
    vtkVolume,
    vtkVolumeProperty,
)
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

from viewer.scenes.planes import Plane
from viewer.scenes.pooled_ct import PooledCt

FINE_RAYS, COARSE_RAYS = 420_000, 30_000
"""Rays of a picture at rest, and while it is turned: 0.2 and 0.03 s on two busy processors."""

MAX_RAY_STEP_PX = 6.0
FINE_STEP_VOXELS, COARSE_STEP_VOXELS = 0.5, 1.0
"""Along a ray; with whole voxels a surface has rings like wood."""

OPACITY_UNIT_MM = 2.0
"""The opacities of a look are what this length of a tissue hides."""

Rgb01 = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class CtLook:
    """How the CT is seen in 3D.

    Attributes:
        opacity: HU and how much a ``OPACITY_UNIT_MM`` of it hides, rising in HU.
        colors: HU and colour, parts of 0 to 1.
        is_maximum: the brightest voxel of each ray alone, without light.
    """

    opacity: tuple[tuple[float, float], ...]
    colors: tuple[tuple[float, Rgb01], ...]
    is_maximum: bool = False


CT_LOOKS: dict[str, CtLook] = {
    "bone": CtLook(
        ((140, 0.0), (200, 0.25), (320, 0.8), (900, 0.97)),
        ((140, (0.62, 0.36, 0.25)), (260, (0.86, 0.72, 0.55)), (700, (0.97, 0.95, 0.88))),
    ),
    "soft": CtLook(
        ((0, 0.0), (40, 0.015), (90, 0.05), (130, 0.22), (220, 0.55), (600, 0.9)),
        (
            (0, (0.42, 0.2, 0.14)),
            (70, (0.62, 0.27, 0.2)),
            (130, (0.83, 0.4, 0.3)),
            (220, (0.93, 0.63, 0.5)),
            (500, (0.98, 0.93, 0.84)),
        ),
    ),
    "vessels": CtLook(
        ((130, 0.0), (190, 0.2), (280, 0.7), (700, 0.9)),
        (
            (130, (0.5, 0.05, 0.04)),
            (230, (0.85, 0.2, 0.14)),
            (380, (0.95, 0.55, 0.4)),
            (700, (0.95, 0.92, 0.84)),
        ),
    ),
    "lung": CtLook(
        ((-1000, 0.0), (-930, 0.0), (-860, 0.03), (-720, 0.12), (-560, 0.03), (-420, 0.0)),
        ((-930, (0.2, 0.32, 0.46)), (-760, (0.5, 0.66, 0.78)), (-500, (0.92, 0.8, 0.74))),
    ),
    "maximum": CtLook(
        ((-50, 0.0), (150, 0.55), (600, 1.0)),
        ((-50, (0.0, 0.0, 0.0)), (250, (0.55, 0.55, 0.55)), (900, (1.0, 1.0, 1.0))),
        is_maximum=True,
    ),
}
"""By name, in the order of the menu; titles are in the table of actions. They suit a portal venous
phase: in others contrast has other HU."""


@dataclass(frozen=True, slots=True)
class CtCut:
    """What is cut away at the slices: the side of head, front or left, or else the other one."""

    planes: frozenset[Plane] = frozenset()
    is_other_side: bool = False


class CtRendering:
    """The CT in a 3D scene; surfaces in it are hidden where something opaque is before them.

    The rays are cast by the processor: in software OpenGL that takes a tenth of the time that
    the shaders take, and it looks the same on every computer.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._look: CtLook | None = None
        self._ct: PooledCt | None = None
        self._cut = CtCut()
        self._planes_lps: Mapping[Plane, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
        self._is_coarse = False
        self._mapper = vtkFixedPointVolumeRayCastMapper()
        self._mapper.SetAutoAdjustSampleDistances(False)
        self._volume = vtkVolume()
        self._volume.SetMapper(self._mapper)
        self._volume.VisibilityOff()
        self._is_added = False

    @property
    def is_shown(self) -> bool:
        """Whether the CT is drawn."""
        return self._look is not None and self._ct is not None

    @property
    def has_ct(self) -> bool:
        """Whether there is a CT to draw."""
        return self._ct is not None

    @property
    def prop(self) -> vtkVolume:
        """What is drawn, for picking."""
        return self._volume

    def set_ct(self, ct: PooledCt | None) -> None:
        """Take another CT; None for none."""
        self._ct = ct
        if ct is not None:
            self._mapper.SetInputData(_image(ct))
            self._volume.SetUserMatrix(_placement(ct))
            if not self._is_added:
                self._renderer.AddVolume(self._volume)  # after the first one: it needs an input
                self._is_added = True
        self._show()

    def set_look(self, look: CtLook | None) -> None:
        """See the CT in another way; None shows the surfaces alone."""
        self._look = look
        if look is not None:
            self._volume.SetProperty(_property(look))
            if look.is_maximum:
                self._mapper.SetBlendModeToMaximumIntensity()
            else:
                self._mapper.SetBlendModeToComposite()
        self._show()

    def set_cut(self, cut: CtCut) -> None:
        """Cut the CT open at other slices."""
        self._cut = cut
        self._place_planes()

    def set_planes(
        self, planes_lps: Mapping[Plane, tuple[NDArray[np.float64], NDArray[np.float64]]]
    ) -> None:
        """Where the slices are: a point of each, and the direction in which one scrolls forward."""
        self._planes_lps = planes_lps
        self._place_planes()

    def set_coarse(self, is_coarse: bool) -> None:
        """Cast few rays while something moves."""
        self._is_coarse = is_coarse

    def prepare(self, size_px: tuple[int, int]) -> None:
        """Choose how many pixels share a ray in a view of this size."""
        rays = COARSE_RAYS if self._is_coarse else FINE_RAYS
        step_px = (size_px[0] * size_px[1] / rays) ** 0.5
        self._mapper.SetImageSampleDistance(min(max(1.0, step_px), MAX_RAY_STEP_PX))
        if self._ct is not None:
            voxels = COARSE_STEP_VOXELS if self._is_coarse else FINE_STEP_VOXELS
            self._mapper.SetSampleDistance(voxels * float(self._ct.geometry.spacing_kji_mm.min()))

    def _show(self) -> None:
        self._volume.SetVisibility(self.is_shown)

    def _place_planes(self) -> None:
        self._mapper.RemoveAllClippingPlanes()
        for plane in self._cut.planes:
            if plane not in self._planes_lps:
                continue
            origin_lps, forward_lps = self._planes_lps[plane]
            # The cut-away side is the front for coronal slices, and so forth: what lies forward.
            normal = forward_lps if self._cut.is_other_side else -forward_lps
            cut = vtkPlane()
            cut.SetOrigin(*origin_lps)
            cut.SetNormal(*normal)
            self._mapper.AddClippingPlane(cut)


def _image(ct: PooledCt) -> vtkImageData:
    k, j, i = ct.array.shape
    image = vtkImageData()
    image.SetDimensions(i, j, k)
    image.SetSpacing(*(float(mm) for mm in ct.geometry.spacing_kji_mm[::-1]))
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(ct.array).reshape(-1)))
    return image


def _placement(ct: PooledCt) -> vtkMatrix4x4:
    """From millimetres along the grid's axes to the patient: this mapper ignores directions."""
    matrix = np.eye(4)
    matrix[:3, :3] = ct.geometry.direction[:, ::-1]
    matrix[:3, 3] = ct.geometry.origin_lps
    placement = vtkMatrix4x4()
    placement.DeepCopy(matrix.ravel().tolist())
    return placement


def _property(look: CtLook) -> vtkVolumeProperty:
    opacity = vtkPiecewiseFunction()
    for hu, share in _ends(look.opacity):
        opacity.AddPoint(hu, share)
    colors = vtkColorTransferFunction()
    for hu, color in look.colors:
        colors.AddRGBPoint(hu, *color)
    shown = vtkVolumeProperty()
    shown.SetScalarOpacity(opacity)
    shown.SetColor(colors)
    shown.SetInterpolationTypeToLinear()
    shown.SetScalarOpacityUnitDistance(OPACITY_UNIT_MM)
    shown.SetShade(not look.is_maximum)
    shown.SetAmbient(0.22)
    shown.SetDiffuse(0.85)
    shown.SetSpecular(0.2)
    shown.SetSpecularPower(16)
    return shown


def _ends(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The points, clear of anything below the first one."""
    points = tuple(points)
    return ((points[0][0] - 1, 0.0), *points)

"""Makes the synthetic CT: chooses the grid, paints the patient, adds the scanner's noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.geometry import VolumeGeometry
from imaging.phantom.body import (
    BodyTissue,
    Torso,
    paint_chest,
    paint_inner_muscles,
    paint_skeleton,
    paint_wall,
)
from imaging.phantom.canvas import Canvas
from imaging.phantom.fields import FloatArray
from imaging.phantom.organs import paint_organs, paint_vessels
from imaging.phantom.patient import Patient, draw_patient
from imaging.structures import STRUCTURES
from imaging.volume import Volume

AIR_HU = -1000.0
IN_PLANE_PX = 256
POINT_SPREAD_MM = 0.7
"""Standard deviation of the scanner's blur in the slice, as of a soft-tissue kernel."""

NOISE_GRAIN_MM = 0.9
"""Standard deviation of the noise's smallest grains in the slice."""


@dataclass(frozen=True, slots=True, eq=False)
class Phantom:
    """A synthetic CT with its truth.

    Attributes:
        volume: the CT, in HU.
        labels: values of the organ table on the volume's grid; read-only.
        body_labels: the same with ``BodyTissue`` values where the organ table has none.
        patient: what was drawn.
    """

    volume: Volume
    labels: NDArray[np.uint8]
    body_labels: NDArray[np.uint8]
    patient: Patient


def make_phantom(
    seed: int = 0,
    *,
    shape: tuple[int, int, int] | None = None,
    spacing_kji_mm: Sequence[float] | None = None,
    oblique: bool = True,
) -> Phantom:
    """A synthetic abdomen CT; the same arguments give the same voxels.

    The patient depends on the seed alone, and lies at the same place in LPS on every grid.
    Without ``shape`` or ``spacing_kji_mm`` the grid covers the scanned range; with only one of
    them the other is chosen so. ``oblique`` turns the grid by a few degrees about each axis.
    """
    patient = draw_patient(seed)
    geometry = _choose_grid(patient, shape, spacing_kji_mm, oblique=oblique)
    canvas = Canvas(geometry, patient)
    torso = Torso(canvas)
    paint_skeleton(canvas, torso)
    paint_vessels(canvas)
    paint_inner_muscles(canvas)
    paint_organs(canvas, torso)
    paint_chest(canvas, torso)
    paint_wall(canvas, torso)
    _paint_table(canvas)
    hu = canvas.hu + canvas.free * AIR_HU
    hu = _scan(hu, geometry, patient)
    tissues = canvas.tissues
    labels = np.where(tissues <= STRUCTURES[-1].label_value, tissues, 0).astype(np.uint8)
    for array in (tissues, labels):
        array.flags.writeable = False
    volume = Volume(hu, geometry, name=f"Synthetic abdomen {seed}")
    return Phantom(volume, labels, tissues, patient)


def _choose_grid(
    patient: Patient,
    shape: tuple[int, int, int] | None,
    spacing_kji_mm: Sequence[float] | None,
    *,
    oblique: bool,
) -> VolumeGeometry:
    scale = np.array(patient.scale)
    width_mm = (2 * (147 + 1.3 * patient.fat_mm) + 24) * scale[0]
    length_mm = patient.length_mm * scale[2]
    extent_mm = np.array([length_mm, width_mm, width_mm])
    if spacing_kji_mm is not None:
        spacing = np.array(spacing_kji_mm, np.float64)
    elif shape is not None:
        spacing = extent_mm / shape
    else:
        spacing = np.array([patient.slice_mm, width_mm / IN_PLANE_PX, width_mm / IN_PLANE_PX])
    if shape is None:
        k, j, i = (int(n) for n in np.maximum(np.rint(extent_mm / spacing), 1))
        shape = (k, j, i)
    direction = _tilt(patient) if oblique else np.eye(3)
    columns = direction[:, ::-1]
    middle_z = patient.top_mm - patient.length_mm / 2
    middle_lps = np.array(patient.offset_lps) + scale * (0, 6, middle_z)
    half_index = (np.array(shape) - 1) / 2
    origin_lps = middle_lps - columns @ (half_index * spacing)
    return VolumeGeometry.from_parts(shape, origin_lps, spacing, columns)


def _tilt(patient: Patient) -> NDArray[np.float64]:
    about_z, about_y, about_x = np.deg2rad(patient.tilt_deg)
    turn = np.eye(3)
    for angle, (a, b) in ((about_z, (0, 1)), (about_y, (0, 2)), (about_x, (1, 2))):
        step = np.eye(3)
        step[a, a] = step[b, b] = np.cos(angle)
        step[a, b], step[b, a] = -np.sin(angle), np.sin(angle)
        turn = turn @ step
    return turn


def _paint_table(canvas: Canvas) -> None:
    """Paint the table, level with the slices: it turns with the scanner, not with the patient."""
    geometry = canvas.geometry
    scale = np.array(canvas.patient.scale)
    back_lps = np.array(canvas.patient.offset_lps) + scale * (0, 126, 0)
    _, j, i = (np.arange(n) for n in geometry.shape)
    origin = geometry.lps_to_index(back_lps)
    below_mm = ((j - origin[1]) * geometry.spacing_kji_mm[1])[:, None]
    across_mm = (i - origin[2]) * geometry.spacing_kji_mm[2]
    # The table is a shallow trough: a thin carbon shell around foam, higher at both sides.
    sag_mm = below_mm - 5 + across_mm**2 / 1100
    inside = np.maximum(np.abs(sag_mm - 14) - 14, np.abs(across_mm) - 200).astype(np.float32)
    slab = np.broadcast_to(inside, geometry.shape)
    shell = np.clip((slab + np.float32(2.8)) / np.float32(0.8), 0, 1)
    canvas.paint(canvas.whole, slab, BodyTissue.TABLE, -920 + 1010 * shell)


def _scan(hu: FloatArray, geometry: VolumeGeometry, patient: Patient) -> NDArray[np.int16]:
    _, row_mm, column_mm = geometry.spacing_kji_mm
    blur = (0.0, POINT_SPREAD_MM / row_mm, POINT_SPREAD_MM / column_mm)
    hu = ndimage.gaussian_filter(hu, blur, truncate=3)
    rng = np.random.default_rng(patient.noise_seed)
    noise = rng.standard_normal(geometry.shape, dtype=np.float32)
    grain = (0.35, NOISE_GRAIN_MM / row_mm, NOISE_GRAIN_MM / column_mm)
    noise = ndimage.gaussian_filter(noise, grain, truncate=3)
    noise *= np.float32(patient.noise_hu / max(float(noise.std()), 1e-6))
    # Air shows far less noise than tissue, whose attenuation causes it.
    noise *= np.clip((hu + 1250) / 1000, 0.25, 1)
    hu += noise
    return np.clip(np.rint(hu), -1024, 3071).astype(np.int16)

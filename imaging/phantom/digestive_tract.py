"""The digestive tract, from the esophagus to the colon, painted onto a canvas."""

from __future__ import annotations

import numpy as np

from imaging.phantom.body import FAT_HU, BodyTissue, Torso
from imaging.phantom.canvas import Canvas
from imaging.phantom.shapes import Bounds, Ellipsoid, smooth_intersection, smooth_union, tube
from imaging.structures import structure_by_name

GAS_HU = -960.0


def paint_esophagus_and_stomach(canvas: Canvas, torso: Torso) -> None:
    """Paint the esophagus and the stomach with its wall, content and gas."""
    patient = canvas.patient
    wall_hu = patient.hu.bowel_wall
    gullet = tube((6, 6, 200, 8), (8, 4, 150, 8), (14, -4, 112, 8), (26, -6, 92, 7.5))
    box = canvas.box_around(gullet.bounds)
    if box is not None:
        distance = gullet.distance(canvas.points(box), 4.0)
        hu = canvas.mix(distance + 6, -120.0, np.full_like(distance, wall_hu * 0.8))
        canvas.paint(box, distance, structure_by_name("esophagus").label_value, hu)
    size, (dx, dy, dz) = patient.sizes["stomach"], patient.shifts_mm["stomach"]
    stations = [
        (50, 4, 78, 34),
        (58, -24, 52, 32),
        (46, -48, 20, 24),
        (18, -60, -4, 20),
        (-16, -54, -6, 15),
        (-38, -42, 2, 8),
    ]
    shape = tube(*((x + dx, y + dy, z + dz, r * size) for x, y, z, r in stations))
    box = canvas.box_around(shape.bounds)
    if box is None:
        return
    at = canvas.points(box)
    stomach = shape.distance(at, 14.0) + np.float32(0.7) * canvas.field(patient.lobules, box)
    stomach = smooth_intersection(stomach, torso.abdomen[box] + 5, 8.0)
    content = 22 + 14 * canvas.field(patient.streaks, box)
    # A lying patient's gas gathers under the front wall, with a level surface.
    filled = canvas.mix(at.y - patient.gas_level_mm, GAS_HU, content)
    wall = canvas.cover(-(stomach + 4))
    canvas.paint(
        box, stomach, structure_by_name("stomach").label_value, filled + wall * (wall_hu - filled)
    )
    canvas.paint(box, stomach - 2, BodyTissue.VISCERAL_FAT, FAT_HU)


def paint_duodenum(canvas: Canvas) -> None:
    """Paint the duodenum around the head of the pancreas."""
    shape = tube(
        (-38, -42, 2, 9),
        (-52, -34, 2, 12),
        (-60, -14, -14, 12),
        (-60, -8, -50, 12),
        (-42, -8, -68, 11),
        (0, -18, -70, 10),
        (26, -16, -58, 10),
        (34, -26, -36, 10),
    )
    box = canvas.box_around(shape.bounds)
    if box is None:
        return
    patient = canvas.patient
    distance = shape.distance(canvas.points(box), 6.0)
    distance += np.float32(0.9) * canvas.field(patient.lobules, box)
    content = 28 + 25 * canvas.field(patient.streaks, box)
    wall = canvas.cover(-(distance + 3))
    hu = content + wall * (patient.hu.bowel_wall - content)
    canvas.paint(box, distance, structure_by_name("duodenum").label_value, hu)
    canvas.paint(box, distance - 1.2, BodyTissue.VISCERAL_FAT, FAT_HU)


def paint_colon(canvas: Canvas, torso: Torso) -> None:
    """Paint the colon with its folds, stool and gas."""
    patient = canvas.patient
    for shape in (
        tube((-98, 24, -150, 24), (-102, 28, -90, 24), (-96, 12, -58, 21), (-86, -34, -62, 19)),
        tube((-86, -34, -62, 19), (-60, -70, -72, 18), (0, -78, -62, 18), (62, -72, -36, 18)),
        tube(
            (62, -72, -36, 18),
            (92, -56, 10, 18),
            (102, -36, 38, 19),
            (108, -4, 12, 17),
            (110, 20, -16, 15),
        ),
        tube((110, 20, -16, 15), (108, 34, -60, 14), (104, 34, -150, 14)),
    ):
        box = canvas.box_around(shape.bounds)
        if box is None:
            continue
        at = canvas.points(box)
        folds = canvas.field(patient.texture, box)
        colon = shape.distance(at, 6.0) + np.float32(1.6) * canvas.field(patient.bowel, box)
        colon = smooth_intersection(colon, torso.abdomen[box] + 3, 5.0)
        stool = (
            -30 + 150 * np.clip(canvas.field(patient.lobules, box) - 0.3, -1.5, 0.5) + 12 * folds
        )
        gas = canvas.field(patient.bowel, box) * 12 + at.y * np.float32(0.55) - 2
        filled = canvas.mix(gas, GAS_HU, stool)
        wall = canvas.cover(-(colon + np.float32(2.6)))
        hu = filled + wall * (patient.hu.bowel_wall - 10 - filled)
        canvas.paint(box, colon, BodyTissue.BOWEL, hu)
        canvas.paint(box, colon - 1.5, BodyTissue.VISCERAL_FAT, FAT_HU)


def paint_small_bowel(canvas: Canvas, torso: Torso) -> None:
    """Paint the loops of jejunum and ileum."""
    patient = canvas.patient
    box = canvas.box_around(Bounds((-90, -85, -200), (95, 30, 12)))
    if box is None:
        return
    at = canvas.points(box)
    lower = Ellipsoid((0, -34, -120), (92, 50, 84)).distance(at)
    upper = Ellipsoid((62, -38, -30), (34, 34, 36)).distance(at)
    region = smooth_union(lower, upper, 20.0)
    # The zero surfaces of narrow-band fields part space into winding cells of even width:
    # their cuts look like packed loops.
    folds = canvas.field(patient.bowel, box)
    loops = (np.float32(0.2) - np.abs(folds)) * np.float32(7.5)
    other = (np.float32(0.16) - np.abs(canvas.field(patient.vessels[0], box))) * 6
    loops = smooth_intersection(smooth_intersection(loops, other, 6.0), region, 8.0)
    loops = smooth_intersection(loops, torso.abdomen[box] + 5, 6.0)
    content = 25 + 22 * canvas.field(patient.streaks, box)
    wall = canvas.cover(-(loops + np.float32(2.4)))
    hu = content + wall * (patient.hu.bowel_wall + 8 - content)
    canvas.paint(box, loops, BodyTissue.BOWEL, hu)

"""The body around the organs: skeleton, muscles, lungs, heart, fat and skin."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from imaging.labels import Box
from imaging.phantom.canvas import Canvas
from imaging.phantom.fields import FloatArray
from imaging.phantom.shapes import (
    Bounds,
    Ellipsoid,
    Points,
    egg_section,
    smooth_intersection,
    smooth_union,
    tube,
)

FAT_HU = -102.0
SKIN_MM = 1.8
DIAPHRAGM_MM = 3.0
LEVEL_PITCH_MM = 30.0
"""Height of a vertebra with its disc; the ribs are as far apart."""

FIRST_LUMBAR_LEVEL_MM = 10.0
"""Height of the middle of the first lumbar vertebra in the standard body."""


class BodyTissue(IntEnum):
    """Parts of the body that the organ table lacks, above its values."""

    BONE = 101
    CARTILAGE = 102
    MUSCLE = 103
    LUNG = 104
    HEART = 105
    VISCERAL_FAT = 106
    SUBCUTANEOUS_FAT = 107
    SKIN = 108
    BOWEL = 109
    VESSEL = 110
    SPINAL_CANAL = 111
    TABLE = 112


class Torso:
    """The surfaces that divide the trunk; whole-grid signed distances in mm.

    Attributes:
        cavity: inner face of the rib cage and abdominal wall.
        abdomen: the cavity below the diaphragm's domes.
        muscle: outer face of the muscles.
        skin: outer face of the body.
    """

    def __init__(self, canvas: Canvas) -> None:
        at = canvas.at
        # The chest narrows upwards from the costal arch, the waist a little downwards.
        rise = np.maximum(at.z, 0) / 150
        waist = np.clip(-at.z / 110, 0, 1)
        narrow = 1 - np.float32(0.13) * rise * rise - np.float32(0.035) * waist
        self.cavity = egg_section(at.x, at.y, 133 * narrow, 98 * narrow, 82 + 6 * rise)
        wall = egg_section(at.x, at.y, 145 * narrow, 108 * narrow, 96 + 5 * rise)
        # The back's long muscles bulge beside the spinous processes.
        back = np.hypot((np.abs(at.x) - 34) / 36, (at.y - 80) / (29 - 4 * rise)) * 32 - 32
        self.muscle = smooth_union(wall, back, 16.0)
        self.abdomen = smooth_intersection(self.cavity, _domes(at), 6.0)
        fat_mm = self._fat_mm(canvas)
        # A patient lies on the back: the flat table presses the outline flat there.
        self.skin = smooth_intersection(self.muscle - fat_mm, at.y - 121, 16.0)
        self.muscle = np.maximum(self.muscle, self.skin + 6)

    @staticmethod
    def _fat_mm(canvas: Canvas) -> FloatArray:
        x, y, z = canvas.at
        flank = np.clip((y - 10) / 90, 0, 1) * np.clip(np.abs(x) / 90, 0, 1)
        belly = np.clip(-z / 100, 0, 1) * np.float32(0.5)
        thickness: FloatArray = np.float32(canvas.patient.fat_mm) * (
            np.float32(0.7) + np.float32(0.55) * flank + belly
        )
        return thickness


def _domes(at: Points) -> FloatArray:
    right = Ellipsoid((-68, -14, 12), (76, 96, 104)).distance(at)
    left = Ellipsoid((64, -10, 8), (74, 94, 98)).distance(at)
    # Between the domes: the central tendon under the heart, and the tissue around the spine.
    tendon = Ellipsoid((4, -42, 14), (84, 76, 86)).distance(at)
    spine = Ellipsoid((0, 46, 0), (66, 62, 60)).distance(at)
    domes = smooth_union(smooth_union(right, left, 30.0), tendon, 12.0)
    return np.minimum(smooth_union(domes, spine, 20.0), at.z - 8)


def paint_skeleton(canvas: Canvas, torso: Torso) -> None:
    """Paint spine, ribs and costal cartilage."""
    _paint_spine(canvas)
    _paint_ribs(canvas, torso)
    _paint_pelvis(canvas, torso)


def _level_offset_mm(z: FloatArray) -> FloatArray:
    offset: FloatArray = z - FIRST_LUMBAR_LEVEL_MM
    offset -= np.float32(LEVEL_PITCH_MM) * np.round(offset / LEVEL_PITCH_MM)
    return offset


def spine_front_mm(z: FloatArray) -> FloatArray:
    """How far back the middle of the vertebral bodies lies: the lumbar spine bends forwards."""
    back: FloatArray = np.float32(27) + np.float32(0.0011) * (z + 30) ** 2
    return np.minimum(back, 48)


def _paint_spine(canvas: Canvas) -> None:
    box = canvas.box_around(Bounds((-46, 0, -400), (46, 125, 400)))
    if box is None:
        return
    x, y, z = canvas.points(box)
    depth = y - spine_front_mm(z)
    level = _level_offset_mm(z)
    x_abs = np.abs(x)
    waist = np.float32(2.0) * (1 - (level / 12) ** 2).clip(0, 1)
    across = np.hypot(x / 24, depth / 18)
    column = (across - 1) * 19 + waist
    body = smooth_intersection(column, np.abs(level) - np.float32(12.2), 4.0)
    canal = (np.hypot(x / 11, (depth - 25) / 9) - 1) * 9
    arch_height = np.abs(level + 4) - 11
    lamina = np.maximum(np.abs(np.hypot(x / 16, (depth - 25) / 14) - 1) * 14 - 4, 14 - depth)
    arch = np.maximum(lamina, arch_height)
    pedicle = np.maximum(np.hypot(x_abs - 14, level - 5) - 5.5, np.abs(depth - 17) - 9)
    process = np.maximum(
        np.maximum(x_abs - np.float32(3.2), np.abs(depth - 50) - 15),
        np.abs(level + 8 + (depth - 40) * np.float32(0.25)) - 9,
    )
    wing = np.maximum(
        np.hypot(depth - 28 - x_abs * np.float32(0.12), level - 4) - np.float32(4.6), x_abs - 38
    )
    bone = smooth_union(smooth_union(body, pedicle, 3.0), arch, 3.0)
    bone = smooth_union(bone, smooth_union(process, wing, 3.0), 3.0)
    canvas.paint(box, canal, BodyTissue.SPINAL_CANAL, 28.0)
    marrow = canvas.patient.marrow_hu + 28 * canvas.field(canvas.patient.texture, box)
    shell = np.clip((bone + np.float32(3.4)) / np.float32(2.4), 0, 1)
    # The arch is denser than the body's spongiosa.
    dense = marrow + np.where(depth > 17, np.float32(170), np.float32(0))
    canvas.paint(box, bone, BodyTissue.BONE, dense + shell * (560 - dense))
    canvas.paint(box, np.maximum(column, np.abs(level) - 16), BodyTissue.CARTILAGE, 85.0)


def _paint_ribs(canvas: Canvas, torso: Torso) -> None:
    box = canvas.box_around(Bounds((-150, -110, -60), (150, 100, 400)))
    if box is None:
        return
    x, y, z = canvas.points(box)
    depth = torso.cavity[box]
    angle = np.arctan2(np.abs(x) / 133, (y + 2) / 85)  # 0 at the spine, pi at the breastbone
    # Ribs fall on their way to the side, and their cartilage rises again to the breastbone.
    fall = 62 * np.clip(angle, 0, 1.9) - 60 * np.clip(angle - np.float32(2.1), 0, 2)
    height = z + fall - FIRST_LUMBAR_LEVEL_MM - 6
    number = np.round(height / LEVEL_PITCH_MM)  # 1 is the twelfth rib
    offset = height - number * LEVEL_PITCH_MM
    outline = np.hypot(offset / np.float32(1.5), depth - 6) - np.float32(3.6)
    end = np.select(
        [number < 1, number == 1, number == 2],
        [np.float32(-1), np.float32(0.95), np.float32(1.6)],
        np.float32(2.75),
    )
    ribs = np.maximum(outline, (angle - end) * 95)
    ribs = np.maximum(ribs, (np.float32(0.16) - angle) * 95)
    is_cartilage = angle > np.float32(2.05)
    shell = np.clip((ribs + np.float32(2.6)) / np.float32(1.6), 0, 1)
    bone = 220 + shell * np.float32(480)
    canvas.paint(box, ribs, BodyTissue.BONE, np.where(is_cartilage, np.float32(105), bone))


def _paint_pelvis(canvas: Canvas, torso: Torso) -> None:
    """Paint the crests of the hip bones, which reach the fourth lumbar vertebra."""
    box = canvas.box_around(Bounds((-150, -60, -400), (150, 100, -84)))
    if box is None:
        return
    x, y, z = canvas.points(box)
    angle = np.arctan2(np.abs(x) / 133, (y + 2) / 85)
    crest = z + 84 + 70 * (angle - np.float32(0.95)) ** 2
    plate = np.abs(torso.cavity[box] - 5) - 5
    bone = smooth_intersection(plate, crest, 6.0)
    shell = np.clip((bone + np.float32(2.6)) / np.float32(1.6), 0, 1)
    canvas.paint(box, bone, BodyTissue.BONE, 190 + shell * np.float32(420))


def paint_inner_muscles(canvas: Canvas) -> None:
    """Paint psoas, quadratus, the crura of the diaphragm and what flanks the vertebral arches."""
    muscle_hu = canvas.patient.hu.muscle
    box = canvas.box_around(Bounds((-62, 52, -400), (62, 112, 60)))
    if box is not None:
        x, y, z = canvas.points(box)
        flank = np.hypot((np.abs(x) - 26) / 32, (y - 84) / 27) * 29 - 29
        flank = smooth_intersection(flank, (z - 40) * np.float32(0.5), 10.0)
        streaks = canvas.field(canvas.patient.streaks, box)
        fatty = np.clip((streaks - np.float32(1.5)) * 2, 0, 1)
        hu = muscle_hu + 3 * streaks - fatty * (muscle_hu - FAT_HU)
        canvas.paint(box, flank, BodyTissue.MUSCLE, hu)
    for side in (-1, 1):
        psoas = tube(
            (side * 24, 30, 14, 6),
            (side * 33, 33, -35, 15),
            (side * 42, 29, -80, 21),
            (side * 52, 22, -140, 26),
        )
        quadratus = Ellipsoid((side * 68, 64, -55), (24, 9, 75))
        crus = tube(
            (side * 11 + 4, 2, 92, 5),
            (side * 13 + 2, 8, 50, 5.5),
            (side * 11, 9, 0, 4.5),
            (side * 8, 10, -30, 2.5),
        )
        for shape in (psoas, quadratus, crus):
            box = canvas.box_around(shape.bounds)
            if box is not None:
                distance = shape.distance(canvas.points(box))
                canvas.paint(box, distance, BodyTissue.MUSCLE, muscle_hu)


def paint_chest(canvas: Canvas, torso: Torso) -> None:
    """Paint the diaphragm, the heart, the mediastinum and the lungs above it."""
    box = canvas.box_around(Bounds((-140, -110, 0), (140, 110, 400)))
    if box is None:
        return
    at = canvas.points(box)
    cavity = torso.cavity[box]
    diaphragm = np.maximum(torso.abdomen[box] - DIAPHRAGM_MM, cavity - 1)
    canvas.paint(box, np.maximum(diaphragm, -torso.abdomen[box]), BodyTissue.MUSCLE, 52.0)
    chest = np.maximum(cavity, -diaphragm)
    heart = Ellipsoid((24, -42, 160), (62, 48, 55), turn_y_deg=12).distance(at)
    blood = canvas.patient.hu.heart
    chambers = Ellipsoid((20, -42, 168), (46, 34, 44), turn_y_deg=12).distance(at)
    wall_hu = np.full_like(heart, min(blood, 95.0))
    canvas.paint(
        box, np.maximum(heart, chest), BodyTissue.HEART, canvas.mix(chambers, blood, wall_hu)
    )
    middle = np.hypot(at.x / 34, (at.y - 18) / 46) * 34 - 34
    mediastinum = np.minimum(smooth_union(middle, heart - 4, 15.0), cavity + 1.5 + 0 * heart)
    mediastinum = np.where(at.z > 0, smooth_union(middle, heart - 4, 15.0), mediastinum)
    canvas.paint(box, np.maximum(mediastinum, chest), BodyTissue.VISCERAL_FAT, FAT_HU)
    canvas.paint(box, chest, BodyTissue.LUNG, _lung_hu(canvas, box, at))


def _lung_hu(canvas: Canvas, box: Box, at: Points) -> FloatArray:
    a, b = (canvas.field(field, box) for field in canvas.patient.vessels)
    # Two fields vanish together along winding lines: a tree's worth of vessels at no cost.
    thread = np.hypot(a, b)
    bore = np.clip(np.float32(0.30) - np.hypot(at.x, at.y) * np.float32(0.0014), 0.05, 1)
    share = np.clip((bore - thread) / np.float32(0.10), 0, 1)
    air = -868 + np.float32(0.55) * np.clip(at.y + 90, 0, 200)
    lung: FloatArray = air + 10 * canvas.field(canvas.patient.texture, box)
    lung += share * (45 - lung)
    return lung


def paint_wall(canvas: Canvas, torso: Torso) -> None:
    """Paint what is left: fat within, muscles of the wall and back, fat under the skin, skin."""
    box = canvas.whole
    canvas.paint(box, torso.cavity, BodyTissue.VISCERAL_FAT, _fat_hu(canvas, -4.0))
    x, y, _ = canvas.at
    streaks = canvas.field(canvas.patient.streaks, box)
    back = np.clip((y - 62) / 14, 0, 1)
    fatty = np.clip((streaks - np.float32(1.35)) * 2, 0, 1) * (np.float32(0.35) + back)
    # Fat planes: between the wall's layers, along the back's midline and around its muscles.
    layer = np.abs(torso.muscle + np.float32(7.5) + streaks)
    fatty = np.maximum(fatty, np.clip(np.float32(0.8) - layer, 0, 0.8) * (1 - back))
    lumbar_gap = np.abs(np.hypot(np.abs(x) / 46, (y - 84) / 27) - 1) * 30
    fatty = np.maximum(fatty, np.clip(2 - lumbar_gap, 0, 1) * back * np.float32(0.8))
    muscle_hu = canvas.patient.hu.muscle + 3 * streaks
    muscle_hu -= np.minimum(fatty, 1) * (muscle_hu - FAT_HU)
    canvas.paint(box, torso.muscle, BodyTissue.MUSCLE, muscle_hu)
    canvas.paint(box, torso.skin + SKIN_MM, BodyTissue.SUBCUTANEOUS_FAT, _fat_hu(canvas, 0.0))
    canvas.paint(box, torso.skin, BodyTissue.SKIN, 20.0)


def _fat_hu(canvas: Canvas, shift_hu: float) -> FloatArray:
    strands = np.clip(canvas.field(canvas.patient.streaks, canvas.whole) - 2, 0, 1)
    fat: FloatArray = FAT_HU + shift_hu + 70 * strands
    return fat

"""The organs of the abdomen, painted front to back onto a canvas."""

from __future__ import annotations

import numpy as np

from imaging.labels import Box
from imaging.phantom.body import FAT_HU, BodyTissue, Torso
from imaging.phantom.canvas import Canvas
from imaging.phantom.digestive_tract import (
    paint_colon,
    paint_duodenum,
    paint_esophagus_and_stomach,
    paint_small_bowel,
)
from imaging.phantom.fields import FloatArray
from imaging.phantom.shapes import (
    Bounds,
    Ellipsoid,
    Point,
    Tube,
    smooth_intersection,
    smooth_union,
    tube,
)
from imaging.structures import structure_by_name


def label_of(name: str) -> int:
    """The label value of an organ of the table."""
    return structure_by_name(name).label_value


def paint_vessels(canvas: Canvas) -> None:
    """Paint the great vessels and their branches."""
    _paint_arteries(canvas)
    _paint_veins(canvas)


def paint_organs(canvas: Canvas, torso: Torso) -> None:
    """Paint all organs; the order says who yields where two would touch."""
    for name, side in (("left kidney", 1), ("right kidney", -1)):
        _paint_kidney(canvas, torso, name, side)
    _paint_adrenals(canvas)
    _paint_spleen(canvas, torso)
    paint_esophagus_and_stomach(canvas, torso)
    _paint_gallbladder(canvas)
    paint_duodenum(canvas)
    _paint_pancreas(canvas)
    _paint_liver(canvas, torso)
    paint_colon(canvas, torso)
    paint_small_bowel(canvas, torso)


def _paint_tube(canvas: Canvas, shape: Tube, tissue: int, hu: float) -> None:
    box = canvas.box_around(shape.bounds)
    if box is not None:
        canvas.paint(box, shape.distance(canvas.points(box), 3.0), tissue, hu)


def _paint_arteries(canvas: Canvas) -> None:
    hu, size = canvas.patient.hu.aorta, canvas.patient.sizes["vessel"]
    aorta = tube(
        (22, 24, 190, 12 * size),
        (18, 16, 120, 12 * size),
        (11, 4, 50, 11 * size),
        (7, 0, -30, 9.5 * size),
        (5, 1, -92, 8.5 * size),
    )
    _paint_tube(canvas, aorta, label_of("aorta"), hu)
    branches = (
        tube((5, 1, -92, 7), (28, 12, -135, 6)),
        tube((5, 1, -92, 7), (-20, 12, -135, 6)),
        tube((9, -6, 6, 4), (6, -19, -6, 3.6), (5, -32, -40, 3.4), (2, -40, -90, 3)),
        tube((11, -6, 24, 4), (11, -20, 28, 3.6), (-14, -26, 30, 2.8), (-34, -28, 26, 2.4)),
        tube((11, -20, 28, 3.2), (40, 1, 34, 2.8), (70, 20, 40, 2.6), (84, 28, 43, 2.2)),
        tube((11, 2, -6, 3.6), (26, 12, -8, 3), (50, 30, -10, 2.6)),
        tube((6, 2, -10, 3.6), (-20, 20, -14, 3), (-50, 32, -24, 2.6)),
    )
    for branch in branches:
        _paint_tube(canvas, branch, BodyTissue.VESSEL, hu * 0.95)


def _paint_veins(canvas: Canvas) -> None:
    hu, size = canvas.patient.hu, canvas.patient.sizes["vessel"]
    cava = tube(
        (-16, 8, -110, 9.5 * size),
        (-21, 6, -40, 10.5 * size),
        (-24, 4, 20, 11 * size),
        (-28, -2, 70, 12 * size),
        (-22, -10, 112, 12 * size),
        (-12, -22, 150, 13 * size),
    )
    _paint_tube(canvas, cava, label_of("inferior vena cava"), hu.inferior_vena_cava)
    portal = label_of("portal and splenic vein")
    for vein in (
        tube(
            (88, 27, 40, 3.4),
            (70, 24, 36, 4),
            (42, 4, 26, 4.4),
            (14, -15, 14, 4.8),
            (-8, -16, 4, 6),
        ),
        tube((-8, -16, 4, 7 * size), (-24, -17, 20, 7 * size), (-44, -18, 38, 6.4 * size)),
    ):
        _paint_tube(canvas, vein, portal, hu.portal_vein)
    for vein in (
        tube((-8, -16, 4, 6), (-10, -28, -24, 5.6), (-9, -38, -85, 4.6)),
        tube((-20, 0, -8, 4), (6, -11, -8, 3.6), (30, 8, -9, 4), (52, 30, -11, 4)),
        tube((-22, 6, -16, 4), (-38, 22, -20, 4), (-52, 32, -25, 4)),
    ):
        _paint_tube(canvas, vein, BodyTissue.VESSEL, hu.portal_vein * 0.97)


def _paint_kidney(canvas: Canvas, torso: Torso, name: str, side: int) -> None:
    patient = canvas.patient
    size = patient.sizes["kidney"]
    center = _moved((side * 63, 33, -12 if side > 0 else -28), patient.shifts_mm[name])
    shape = Ellipsoid(center, (29 * size, 28 * size, 57 * size), turn_y_deg=side * 12.0)
    box = canvas.box_around(shape.bounds.grown(9))
    if box is None:
        return
    at = canvas.points(box)
    whole = shape.distance(at) + np.float32(0.6) * canvas.field(patient.lobules, box)
    hilum = Ellipsoid(
        _moved(center, (-side * 22, -8, 0)), (21, 12, 24), turn_y_deg=side * 12.0
    ).distance(at)
    kidney = smooth_intersection(whole, -hilum, 5.0)
    kidney = smooth_intersection(kidney, torso.abdomen[box] + 6, 5.0)
    # The cortex wraps the pyramids and dips between them as columns.
    columns = canvas.field(patient.bowel, box)
    medulla = np.maximum(whole + 6, np.abs(columns) - np.float32(1.15)) + 0 * whole
    cortex_hu = np.full_like(whole, patient.hu.kidney_cortex)
    hu = canvas.mix(medulla, patient.hu.kidney_medulla, cortex_hu)
    canvas.paint(box, kidney, label_of(name), hu + 4 * canvas.field(patient.texture, box))
    pelvis = Ellipsoid(
        _moved(center, (-side * 17, -7, -2)), (9, 5, 13), turn_y_deg=side * 12.0
    ).distance(at)
    canvas.paint(box, pelvis, BodyTissue.VESSEL, 22.0)
    canvas.paint(box, np.minimum(whole - 5, hilum), BodyTissue.VISCERAL_FAT, FAT_HU)


def _paint_adrenals(canvas: Canvas) -> None:
    glands = (
        ("left adrenal gland", tube((31, 8, 42, 3.2), (36, 20, 28, 3.6), (41, 29, 22, 3))),
        ("left adrenal gland", tube((31, 8, 42, 3.2), (28, 20, 30, 3.4), (27, 28, 24, 2.8))),
        ("right adrenal gland", tube((-32, 14, 46, 3), (-37, 25, 34, 3.4), (-42, 32, 28, 2.8))),
        ("right adrenal gland", tube((-32, 14, 46, 3), (-30, 26, 34, 3.2), (-29, 33, 28, 2.6))),
    )
    for name, shape in glands:
        _paint_tube(canvas, shape, label_of(name), canvas.patient.hu.adrenal)
    for _, shape in glands:
        coat = Tube(shape.path, tuple(radius + 3 for radius in shape.radii))
        _paint_tube(canvas, coat, BodyTissue.VISCERAL_FAT, FAT_HU)


def _paint_spleen(canvas: Canvas, torso: Torso) -> None:
    patient = canvas.patient
    size = patient.sizes["spleen"]
    # It grows away from the ribs: towards the middle, the front and the feet.
    center = _moved((92, 46, 46), patient.shifts_mm["spleen"])
    center = _moved(center, (-26 * (size - 1), -20 * (size - 1), -30 * (size - 1)))
    shape = Ellipsoid(center, (42 * size, 41 * size, 54 * size), turn_x_deg=-24.0)
    box = canvas.box_around(shape.bounds)
    if box is None:
        return
    at = canvas.points(box)
    spleen = smooth_intersection(shape.distance(at), torso.abdomen[box] + 0.5, 5.0)
    bed = Ellipsoid((center[0] - 50 * size**0.5, 6, 52), (42, 54, 66)).distance(at)
    hilum = Ellipsoid((center[0] - 16 * size, 26, 42), (11, 7, 14)).distance(at)
    spleen = smooth_intersection(spleen, -bed, 9.0)
    spleen = smooth_intersection(spleen, -hilum, 8.0)
    spleen += np.float32(0.5) * canvas.field(patient.lobules, box)
    hu = patient.hu.spleen + 3 * canvas.field(patient.texture, box)
    if patient.hu.aorta > 250:  # arterial: the pulp fills in bands
        hu += 20 * canvas.field(patient.lobules, box)
    canvas.paint(box, spleen, label_of("spleen"), hu)
    canvas.paint(box, spleen - 2, BodyTissue.VISCERAL_FAT, FAT_HU)


def _paint_gallbladder(canvas: Canvas) -> None:
    size = canvas.patient.sizes["gallbladder"]
    shape = tube((-50, -30, 16, 4 * size), (-62, -44, 0, 10 * size), (-72, -62, -24, 15 * size))
    box = canvas.box_around(shape.bounds)
    if box is None:
        return
    distance = shape.distance(canvas.points(box), 6.0)
    hu = canvas.mix(distance + 2, 8.0, np.full_like(distance, canvas.patient.hu.bowel_wall * 0.7))
    canvas.paint(box, distance, label_of("gallbladder"), hu)


def _paint_pancreas(canvas: Canvas) -> None:
    patient = canvas.patient
    size = patient.sizes["pancreas"]
    stations = (
        (-26, -13, -42, 10),
        (-38, -14, -24, 15.5),
        (-36, -24, -4, 15),
        (-12, -30, 6, 11),
        (14, -29, 16, 12),
        (42, -12, 27, 12.5),
        (66, 9, 37, 13),
        (80, 19, 41, 9),
    )
    shape = tube(*((x, y, z, radius * size) for x, y, z, radius in stations))
    box = canvas.box_around(shape.bounds)
    if box is None:
        return
    lobules = canvas.field(patient.lobules, box)
    distance = shape.distance(canvas.points(box), 5.0) + np.float32(1.3) * lobules
    # Fat lies between the lobules.
    hu = patient.hu.pancreas - 9 * np.clip(lobules, 0, 2)
    hu += 4 * canvas.field(patient.texture, box)
    canvas.paint(box, distance, label_of("pancreas"), hu)
    canvas.paint(box, distance - 1.8, BodyTissue.VISCERAL_FAT, FAT_HU)


def _paint_liver(canvas: Canvas, torso: Torso) -> None:
    patient = canvas.patient
    size = patient.sizes["liver"]
    box = canvas.box_around(Bounds((-140, -100, -95), (95, 95, 125)))
    if box is None:
        return
    at = canvas.points(box)
    right = Ellipsoid((-74, 2, 26), (78 * size, 91 * size, 102 * size)).distance(at)
    left = Ellipsoid((2, -46, 66), (80 * size, 46, 37 * size), turn_y_deg=8).distance(at)
    liver = smooth_intersection(smooth_union(right, left, 30.0), torso.abdomen[box] + 0.2, 5.0)
    floor = np.float32(0.95) * np.minimum(at.x + 118, 112) - 70 / np.float32(size)
    floor += np.float32(0.28) * (at.y + 20)
    liver = smooth_intersection(liver, floor - at.z, 16.0)
    hu = patient.hu.liver + 3 * canvas.field(patient.texture, box)
    _add_liver_vessels(canvas, hu, box)
    canvas.paint(box, liver, label_of("liver"), hu)


def _add_liver_vessels(canvas: Canvas, hu: FloatArray, box: Box) -> None:
    trees = (
        tube((-26, -4, 92, 5), (-60, 12, 78, 4.4), (-98, 30, 50, 3), (-108, 36, 20, 1.8)),
        tube((-26, -8, 94, 5), (-48, -28, 76, 4), (-68, -50, 44, 2.8), (-74, -60, 20, 1.6)),
        tube((-24, -10, 94, 4.6), (-8, -34, 84, 3.8), (24, -50, 72, 2.4)),
        tube((-44, -18, 38, 6), (-72, -4, 42, 5), (-98, -16, 50, 3.2), (-112, -30, 60, 1.8)),
        tube((-72, -4, 42, 4.6), (-96, 24, 24, 3.2), (-104, 34, -10, 2)),
        tube((-72, -4, 42, 4), (-88, 14, 66, 2.8), (-94, 20, 86, 1.6)),
        tube((-44, -18, 38, 5), (-26, -40, 50, 4), (2, -52, 58, 3), (34, -54, 62, 1.8)),
        tube((-98, -16, 50, 2.6), (-104, -44, 30, 1.8), (-104, -54, 4, 1.2)),
    )
    for tree in trees:
        own = canvas.box_around(tree.bounds)
        if own is None:
            continue
        part = _overlap(own, box)
        distance = tree.distance(canvas.points(part))
        inner = tuple(
            slice(a.start - b.start, a.stop - b.start) for a, b in zip(part, box, strict=True)
        )
        hu[inner] = canvas.mix(distance, canvas.patient.hu.portal_vein * 0.94, hu[inner])


def _overlap(a: Box, b: Box) -> Box:
    k, j, i = (
        slice(max(p.start, q.start), max(p.start, q.start, min(p.stop, q.stop)))
        for p, q in zip(a, b, strict=True)
    )
    return k, j, i


def _moved(point: Point, shift: Point) -> Point:
    (x, y, z), (dx, dy, dz) = point, shift
    return x + dx, y + dy, z + dz

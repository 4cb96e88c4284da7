"""Writes a structure's surface as STL, OBJ or PLY, in millimetres."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray
from skimage.measure import marching_cubes
from trimesh import Trimesh
from trimesh.exchange.obj import export_obj
from trimesh.exchange.ply import export_ply
from trimesh.exchange.stl import export_stl
from trimesh.smoothing import filter_taubin

from imaging.errors import WriteError
from imaging.geometry import VolumeGeometry
from imaging.labels import bounding_box
from imaging.writers.atomic_file import whole_file
from imaging.writers.mask_origin import PRODUCT, RESEARCH_USE

MESH_ENDINGS = (".stl", ".obj", ".ply")

BORDER = 0.5
"""Halfway between a voxel inside (1) and its neighbour outside (0): on the voxel's face."""

SMOOTHING_STEPS = 24
"""Shrinking and growing in turn; more change nothing that is seen."""

SHRINK, GROW = 0.5, 0.53
"""Taubin's pair (1995): almost no loss of volume."""

MAX_SHIFT = 0.35
"""No corner may leave its place on the mask's surface by more than this share of a voxel; with it
no point between corners was found farther than half a voxel from the surface, with 0.45 some."""

STL_HEADER_BYTES = 80

READ_BACK_ERROR_MM = 1e-2
"""Single precision and OBJ's decimals, at a metre from the origin."""


class MeshFrame(StrEnum):
    """In which direction the coordinates grow."""

    LPS = "LPS"
    """To the patient's left, back and head: DICOM's."""

    RAS = "RAS"
    """To the patient's right, front and head: NIfTI's."""


_SIGNS = {MeshFrame.LPS: np.array([1.0, 1.0, 1.0]), MeshFrame.RAS: np.array([-1.0, -1.0, 1.0])}


def write_mesh(
    path: Path,
    mask: NDArray[np.bool_],
    geometry: VolumeGeometry,
    title: str,
    *,
    frame: MeshFrame = MeshFrame.LPS,
    is_smooth: bool = True,
) -> None:
    """Write the surface of one structure; the ending of ``path`` chooses the format.

    The file says frame, unit and ``title`` in its header. Smooth surfaces stay within half a
    voxel of the mask's.

    Raises:
        WriteError: the mask is empty, or the file could not be written or read back.
    """
    ending = path.suffix.lower()
    if ending not in MESH_ENDINGS:
        raise WriteError(
            f"{path.name} was not saved: its ending names no format. "
            f"Use one of {', '.join(MESH_ENDINGS)}."
        )
    if mask.shape != geometry.shape:
        raise ValueError(f"mask {mask.shape} does not fit grid {geometry.shape}")
    surface = surface_lps(mask, geometry, is_smooth=is_smooth)
    if surface is None:
        raise WriteError(f"{path.name} was not saved: {title} has no voxel. Segment it first.")
    surface = _in_frame(surface, frame)
    comment = f"{PRODUCT}: {title}; {frame.value} mm; {RESEARCH_USE.lower()}"
    with whole_file(path, ending) as part:
        part.write_bytes(_encoded(surface, ending, comment))
        _compare(path, part, surface)


def surface_lps(
    mask: NDArray[np.bool_], geometry: VolumeGeometry, *, is_smooth: bool = True
) -> Trimesh | None:
    """The closed surface of a mask, in LPS mm, its normals outwards; None for an empty mask."""
    box = bounding_box(mask)
    if box is None:
        return None
    padded = np.pad(mask[box], 1).astype(np.float32)
    corners_kji, faces, _, _ = marching_cubes(padded, BORDER)
    start_kji = np.array([part.start - 1 for part in box])
    points_lps = geometry.index_to_lps(corners_kji.astype(np.float64) + start_kji)
    surface = Trimesh(points_lps, faces, process=False)
    if surface.volume < 0:
        surface.invert()
    if is_smooth:
        surface.vertices = _smoothed_lps(surface, geometry)
    return surface


def _smoothed_lps(surface: Trimesh, geometry: VolumeGeometry) -> NDArray[np.float64]:
    """The corners after smoothing, held near the mask's surface, where every one began."""
    start_lps = surface.vertices.view(np.ndarray)
    moved = filter_taubin(surface.copy(), SHRINK, GROW, SMOOTHING_STEPS)
    shift_kji = geometry.lps_to_index(moved.vertices) - geometry.lps_to_index(start_lps)
    length = np.linalg.norm(shift_kji, axis=1, keepdims=True)
    shift_kji *= np.minimum(1.0, MAX_SHIFT / np.maximum(length, MAX_SHIFT))
    smoothed: NDArray[np.float64] = start_lps + shift_kji @ geometry.affine[:3, :3].T
    return smoothed


def _in_frame(surface: Trimesh, frame: MeshFrame) -> Trimesh:
    # Turned by half a circle about the axis of the head: a rotation, so the normals stay right.
    return Trimesh(surface.vertices * _SIGNS[frame], surface.faces, process=False)


def _encoded(surface: Trimesh, ending: str, comment: str) -> bytes:
    if ending == ".obj":
        text: str = export_obj(surface, include_normals=False, header=comment)
        return text.encode("utf-8")
    if ending == ".ply":
        encoded: bytes = export_ply(surface, vertex_normal=False)
        header, mark, body = encoded.partition(b"end_header\n")
        lines = [line for line in header.splitlines() if not line.startswith(b"comment")]
        lines.insert(2, b"comment " + comment.encode("ascii", "replace"))
        return b"\n".join(lines) + b"\n" + mark + body
    plain: bytes = export_stl(surface)
    title = comment.encode("ascii", "replace")[:STL_HEADER_BYTES].ljust(STL_HEADER_BYTES)
    return title + plain[STL_HEADER_BYTES:]


def _compare(path: Path, part: Path, surface: Trimesh) -> None:
    problem = WriteError(
        f"{path.name} was not saved: what was written did not read back the same. The disk may be "
        "full or damaged; save to another one. What was there before is unchanged."
    )
    try:
        found = trimesh.load_mesh(part, process=False)
    except Exception as error:
        # trimesh raises ValueError, HeaderError and others, as the missing bytes happen to fall.
        raise problem from error
    if len(found.faces) != len(surface.faces) or not np.allclose(
        found.triangles, surface.triangles, rtol=0, atol=READ_BACK_ERROR_MM
    ):
        raise problem

"""The tools that work on a whole mask: what each is called and what it asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.controllers.refinement_work import (
    RefiningInput,
    copy_backward,
    copy_forward,
    drop_island,
    fill_between,
    fill_holes,
    fill_holes_in_slices,
    grow,
    grow_seeds,
    intersect,
    keep_island,
    keep_largest,
    remove_islands,
    shrink,
    smooth,
    subtract,
    take_median,
    threshold,
    threshold_ball,
    unite,
)
from imaging.editing.box_mask import BoxMask
from imaging.editing.rules import Effect


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a tool asks for."""

    label: str
    unit: str
    default: float
    least: float
    most: float
    decimals: int = 1


Work = Callable[[RefiningInput], tuple[BoxMask, Effect]]


@dataclass(frozen=True, slots=True)
class Refinement:
    """One tool.

    Attributes:
        key: of its action, after "refine_".
        text: what it is called in menus.
        icon: its name among the icons.
        tip: what it does.
        step_name: completes "Undo ..." before the structure's name.
        work: computes the new mask; may take seconds.
        parameters: what it asks for.
        asks_structure: whether it needs a second structure.
        needs_mask: whether the structure must have voxels already.
    """

    key: str
    text: str
    icon: str
    tip: str
    step_name: str
    work: Work
    parameters: tuple[Parameter, ...] = ()
    asks_structure: bool = False
    needs_mask: bool = True

    @property
    def asks_something(self) -> bool:
        """Whether there is something to set before it can run."""
        return bool(self.parameters) or self.asks_structure


def _low_high(low: float, high: float) -> tuple[Parameter, Parameter]:
    return (
        Parameter("From", "HU", low, -1024, 3071, 0),
        Parameter("To", "HU", high, -1024, 3071, 0),
    )


REFINEMENTS: tuple[Refinement, ...] = (
    Refinement(
        "smooth",
        "Smooth surface",
        "chart-bell-curve",
        "Even out the surface; the volume stays the same",
        "smoothing of",
        smooth,
        (Parameter("Over", "mm", 2.0, 0.5, 15.0),),
    ),
    Refinement(
        "median",
        "Remove spikes and notches",
        "wave",
        "Make each voxel what most voxels around it are",
        "median of",
        take_median,
        (Parameter("Within", "mm", 4.0, 1.0, 20.0),),
    ),
    Refinement(
        "grow",
        "Grow",
        "arrow-expand-all",
        "Grow on all sides; a HU range or a structure can limit it",
        "growing of",
        grow,
        (Parameter("Distance", "mm", 2.0, 0.5, 30.0),),
    ),
    Refinement(
        "shrink",
        "Shrink",
        "arrow-collapse-all",
        "Take a layer off on all sides",
        "shrinking of",
        shrink,
        (Parameter("Distance", "mm", 2.0, 0.5, 30.0),),
    ),
    Refinement(
        "holes",
        "Fill holes",
        "circle-slice-8",
        "Fill what is enclosed on all sides",
        "hole filling of",
        fill_holes,
    ),
    Refinement(
        "holes_in_slices",
        "Fill holes in slices",
        "circle-double",
        "Fill what is enclosed within a slice of the plane looked at last",
        "hole filling of",
        fill_holes_in_slices,
    ),
    Refinement(
        "largest",
        "Keep largest part",
        "circle",
        "Drop all parts but the largest connected one",
        "largest part of",
        keep_largest,
    ),
    Refinement(
        "islands",
        "Remove small parts",
        "dots-hexagon",
        "Drop connected parts below a volume",
        "removal of small parts of",
        remove_islands,
        (Parameter("Below", "mL", 1.0, 0.01, 1000.0, 2),),
    ),
    Refinement(
        "keep_island",
        "Keep part at crosshair",
        "target-variant",
        "Drop all parts but the one under the crosshair",
        "choice of a part of",
        keep_island,
    ),
    Refinement(
        "drop_island",
        "Remove part at crosshair",
        "selection-remove",
        "Drop the connected part under the crosshair",
        "removal of a part of",
        drop_island,
    ),
    Refinement(
        "between",
        "Fill between slices",
        "layers-triple-outline",
        "Draw every few slices; this fills those in between",
        "filling between slices of",
        fill_between,
    ),
    Refinement(
        "copy_forward",
        "Copy slice to the next",
        "content-copy",
        "Copy the mask of this slice to the next one towards head, front or left",
        "copied slice of",
        copy_forward,
    ),
    Refinement(
        "copy_backward",
        "Copy slice to the one before",
        "content-duplicate",
        "Copy the mask of this slice to the next one towards feet, back or right",
        "copied slice of",
        copy_backward,
    ),
    Refinement(
        "threshold",
        "Keep a HU range",
        "contrast-box",
        "Keep only the voxels of the mask whose HU lie in a range",
        "HU range of",
        threshold,
        _low_high(0, 200),
    ),
    Refinement(
        "threshold_ball",
        "Add a HU range around crosshair",
        "contrast-circle",
        "Add what lies in a HU range, in a ball around the crosshair, and hangs together with it",
        "HU range around a point of",
        threshold_ball,
        (*_low_high(50, 200), Parameter("Radius", "mm", 20.0, 1.0, 100.0)),
        needs_mask=False,
    ),
    Refinement(
        "seeds",
        "Grow from seeds",
        "sprout-outline",
        "Grow strokes and clicks through alike tissue, up to the seeds of other structures",
        "growing from seeds of",
        grow_seeds,
        (Parameter("Reach", "mm", 25.0, 2.0, 150.0),),
        needs_mask=False,
    ),
    Refinement(
        "union",
        "Add another structure",
        "set-all",
        "Add the voxels of another structure, which must not be locked",
        "union with",
        unite,
        asks_structure=True,
        needs_mask=False,
    ),
    Refinement(
        "intersection",
        "Keep what is near another",
        "set-center",
        "Keep only voxels within a distance of another structure",
        "intersection of",
        intersect,
        (Parameter("Within", "mm", 5.0, 0.1, 100.0),),
        asks_structure=True,
    ),
    Refinement(
        "difference",
        "Keep away from another",
        "set-left",
        "Remove the voxels within a distance of another structure",
        "difference of",
        subtract,
        (Parameter("Within", "mm", 2.0, 0.1, 100.0),),
        asks_structure=True,
    ),
)

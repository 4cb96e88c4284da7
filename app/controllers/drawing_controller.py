"""Turns strokes of the pen into steps of undo: brush, eraser, lasso, cut and fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from psygnal import Signal

from app.controllers.case_session import CaseSession
from app.controllers.drawing_options import DrawingOptions, DrawingTool
from app.controllers.hand_edits import do_edit, rules_of, why_nothing_changed
from imaging.editing.box_mask import BoxMask, whole_box
from imaging.editing.holes import enclosed_region
from imaging.editing.lasso import inside_of_line
from imaging.editing.rules import Effect, edit_by
from imaging.editing.stroke import Stroke
from imaging.labels import LabelEdit, bounding_box
from imaging.structures import structure_by_value

Point = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class DrawnSlice:
    """Where is drawn.

    ``axis`` is the array axis across the slice; ``title`` is what the slice is called in
    "Undo brush on spleen, slice 41".
    """

    axis: int
    title: str


@dataclass(slots=True)
class _Drawing:
    """A stroke that is not finished."""

    session: CaseSession
    tool: DrawingTool
    place: DrawnSlice
    way_kji: list[NDArray[np.float64]]
    stroke: Stroke | None = None


class DrawingController:
    """Owns the stroke that is being drawn; all methods are called on the GUI thread.

    Nothing is changed before ``end``: until then the views draw the stroke's preview over the
    labels, so that giving up leaves no trace and an answer of the model may come in between.
    """

    preview_changed = Signal(object, object)
    """A ``LabelPatch`` or None, and the ``Box`` that looks different from before."""
    options_changed = Signal(DrawingOptions)
    noticed = Signal(str)
    """A sentence worth reading that is no failure."""

    def __init__(
        self, session: Callable[[], CaseSession | None], options: DrawingOptions | None = None
    ) -> None:
        self._session = session
        self._options = options or DrawingOptions()
        self._drawing: _Drawing | None = None
        self._warned: set[tuple[CaseSession, str]] = set()

    @property
    def options(self) -> DrawingOptions:
        """How is drawn."""
        return self._options

    def set_options(self, options: DrawingOptions) -> None:
        """Draw in another way from now on."""
        if options != self._options:
            self._options = options
            self.options_changed.emit(options)

    def resize(self, steps: float) -> None:
        """Make the brush larger by so many notches of the wheel, or smaller."""
        self.set_options(self._options.resized(steps))

    @property
    def is_drawing(self) -> bool:
        """Whether a stroke is being drawn."""
        return self._drawing is not None

    def begin(self, tool: DrawingTool, point_lps: Point, place: DrawnSlice) -> None:
        """Put the pen down; an unfinished stroke is given up."""
        self.cancel()
        session = self._session()
        if session is None:
            return
        if not session.is_visible(session.active.name):
            session.set_visible(session.active.name, True)  # what is drawn must be seen
        self._warn_of_lock(session, tool, point_lps)
        self._drawing = drawing = _Drawing(session, tool, place, [])
        if tool.is_brush:
            drawing.stroke = self._new_stroke(drawing)
        session.step_taken.connect(self._on_step_taken)
        self.move(point_lps)

    def move(self, point_lps: Point) -> None:
        """Draw on to another point of the same slice."""
        drawing = self._drawing
        if drawing is None:
            return
        index_kji = drawing.session.volume.geometry.lps_to_index(point_lps)
        drawing.way_kji.append(index_kji)
        if drawing.stroke is not None:
            box = drawing.stroke.move_to(index_kji)
            if box is not None:
                self.preview_changed.emit(drawing.stroke.patch, box)

    def end(self) -> None:
        """Lift the pen: what was drawn becomes one step of undo."""
        drawing = self._let_go()
        if drawing is None:
            return
        edit = self._edit_of(drawing)
        self._drop_preview(drawing)
        if edit is not None:
            name = f"{drawing.tool.value} on {drawing.session.active.name}, {drawing.place.title}"
            do_edit(drawing.session, name, edit)
        elif sentence := why_nothing_changed(drawing.session, self._options):
            self.noticed.emit(sentence)

    def cancel(self) -> None:
        """Give the stroke up; nothing has changed."""
        drawing = self._let_go()
        if drawing is not None:
            self._drop_preview(drawing)

    def _let_go(self) -> _Drawing | None:
        drawing, self._drawing = self._drawing, None
        if drawing is not None:
            drawing.session.step_taken.disconnect(self._on_step_taken)
        return drawing

    def _drop_preview(self, drawing: _Drawing) -> None:
        if drawing.stroke is not None and drawing.stroke.patch is not None:
            self.preview_changed.emit(None, drawing.stroke.patch.box)

    def _new_stroke(self, drawing: _Drawing) -> Stroke:
        session, options = drawing.session, self._options
        return Stroke(
            session.labels,
            session.volume,
            options.brush,
            Effect.ERASE if drawing.tool.takes_away else Effect.ADD,
            rules_of(session, options),
            slice_axis=drawing.place.axis,
            sticks_to_edges=options.sticks_to_edges,
        )

    def _on_step_taken(self) -> None:
        """The labels changed under the pen: draw the same way again over what is there now."""
        drawing = self._drawing
        if drawing is None or drawing.stroke is None:
            return
        self._drop_preview(drawing)
        drawing.stroke = stroke = self._new_stroke(drawing)
        for index_kji in drawing.way_kji:
            stroke.move_to(index_kji)
        if stroke.patch is not None:
            self.preview_changed.emit(stroke.patch, stroke.patch.box)

    def _edit_of(self, drawing: _Drawing) -> LabelEdit | None:
        if drawing.stroke is not None:
            return drawing.stroke.edit()
        session = drawing.session
        find = self._inside_of_line if drawing.tool.is_line else self._enclosed
        drawn = find(drawing)
        if drawn is None:
            return None
        effect = Effect.ERASE if drawing.tool.takes_away else Effect.ADD
        rules = rules_of(session, self._options)
        return edit_by(session.labels, session.volume.array, drawn, effect, rules)

    def _inside_of_line(self, drawing: _Drawing) -> BoxMask | None:
        session, axis = drawing.session, drawing.place.axis
        shape = session.volume.geometry.shape
        flat = inside_of_line(drawing.way_kji, axis, shape)
        if flat is None or not self._options.is_through:
            return flat
        box = list(flat.box)
        box[axis] = whole_box(shape)[axis]
        if drawing.tool.takes_away:  # nowhere else is anything to be cut
            column = session.labels.array[tuple(box)] == session.active.label_value
            held = bounding_box(column)
            if held is None:
                return None
            box[axis] = held[axis]
        sizes = [part.stop - part.start for part in box]
        return BoxMask((box[0], box[1], box[2]), np.broadcast_to(flat.mask, sizes))

    def _enclosed(self, drawing: _Drawing) -> BoxMask | None:
        session = drawing.session
        index_kji = np.floor(drawing.way_kji[0] + 0.5).astype(int)
        shape = session.volume.geometry.shape
        if (index_kji < 0).any() or (index_kji >= shape).any():
            return None
        label_value, axis = session.active.label_value, drawing.place.axis
        if session.labels.array[tuple(index_kji)] == label_value:
            self.noticed.emit(f"This spot belongs to the {session.active.name} already.")
            return None
        region = enclosed_region(session.labels.array, label_value, list(index_kji), axis)
        if region is None:
            self.noticed.emit(
                f"The outline of the {session.active.name} is not closed around this spot. "
                "Close it with the brush, or draw with the lasso."
            )
        return region

    def _warn_of_lock(self, session: CaseSession, tool: DrawingTool, point_lps: Point) -> None:
        index_kji = session.volume.geometry.nearest_index(point_lps)
        if index_kji is None or tool.takes_away or tool.is_line:
            return
        there = structure_by_value(int(session.labels.array[index_kji]))
        if there in (None, session.active) or not session.is_locked(there.name):
            return
        if (session, there.name) not in self._warned:  # once: every stroke would say it again
            self._warned = {warned for warned in self._warned if warned[0] is session}
            self._warned.add((session, there.name))
            self.noticed.emit(
                f"This spot belongs to the {there.name}, which is locked and will stay as it is."
            )

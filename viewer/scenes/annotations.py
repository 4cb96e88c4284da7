"""Text and scale bar over a slice: orientation letters, slice position, window/level."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import (
    vtkActor2D,
    vtkPolyDataMapper2D,
    vtkRenderer,
    vtkTextActor,
)

from viewer.scenes.picking import PictureView
from viewer.scenes.planes import SliceFrame
from viewer.scenes.slabs import Slab
from viewer.scenes.styles import TEXT_COLOR
from viewer.scenes.vtk_bridge import segments_from_array

LETTER_SIZE_PX = 15
TEXT_SIZE_PX = 12
MARGIN_PX = 8
BACKGROUND_OPACITY = 0.45
"""Text stays readable on bone."""

SCALE_BAR_STEPS_MM = (1, 2, 5, 10, 20, 50, 100, 200)
SCALE_BAR_SHARE = 0.28
"""The longest bar that takes at most this share of the view's width is drawn."""

MIN_TILT_DEGREES = 0.5
"""A plane that leans less is not called oblique."""

_AXIS_NAMES = {"H": "z", "A": "y", "L": "x"}

MIN_TEXT_VIEW_PX = 140
"""Views smaller than this show letters only: corner texts would cover the picture."""

MIN_CASE_NAME_VIEW_PX = 300
"""Narrower views have no room for the case's name beside the slice's position."""


def _text_actor(renderer: vtkRenderer, size_px: int, *, is_bold: bool = False) -> vtkTextActor:
    actor = vtkTextActor()
    actor.SetTextScaleModeToNone()
    style = actor.GetTextProperty()
    style.SetFontFamilyToArial()
    style.SetFontSize(size_px)
    style.SetBold(is_bold)
    style.SetColor(*(part / 255 for part in TEXT_COLOR))
    style.SetLineSpacing(1.2)
    style.SetBackgroundColor(0.0, 0.0, 0.0)
    style.SetBackgroundOpacity(BACKGROUND_OPACITY)
    renderer.AddViewProp(actor)
    return actor


def position_text(frame: SliceFrame, slice_index: int, slab: Slab, tilt_degrees: float) -> str:
    """Which slice this is, where it lies in the patient, and how thick a slab is."""
    letter = frame.plane.forward_letter
    position_mm = frame.place_of(slice_index)[0]["LAH".index(letter)]
    where = f"{_AXIS_NAMES[letter]} {position_mm:.1f} mm"
    if tilt_degrees >= MIN_TILT_DEGREES:
        where = f"oblique {tilt_degrees:.0f}°"
    number = f"{slice_index + 1} / {frame.slice_count}"
    return "\n".join((number, where, slab.text(frame, slice_index))).rstrip()


class Annotations:
    """What is written over one slice; laid out anew whenever the view's size or zoom changes."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._letters = [_text_actor(renderer, LETTER_SIZE_PX, is_bold=True) for _ in range(4)]
        self._position = _text_actor(renderer, TEXT_SIZE_PX)
        self._window_level = _text_actor(renderer, TEXT_SIZE_PX)
        self._case_name = _text_actor(renderer, TEXT_SIZE_PX)
        self._has_case_name = False
        self._scale_text = _text_actor(renderer, TEXT_SIZE_PX)
        self._scale_mapper = vtkPolyDataMapper2D()
        self._scale_bar = vtkActor2D()
        self._scale_bar.SetMapper(self._scale_mapper)
        self._scale_bar.GetProperty().SetColor(*(part / 255 for part in TEXT_COLOR))
        renderer.AddViewProp(self._scale_bar)
        self.set_visible(False)

    def set_visible(self, is_visible: bool) -> None:
        """Show or hide everything."""
        self._is_visible = is_visible

    def set_letters(self, left: str, right: str, bottom: str, top: str) -> None:
        """Patient directions at the four edges."""
        for actor, letter in zip(self._letters, (left, right, bottom, top), strict=True):
            actor.SetInput(letter)

    @property
    def letters(self) -> tuple[str, str, str, str]:
        """Patient directions at the left, right, bottom and top edge, as drawn."""
        left, right, bottom, top = (str(actor.GetInput()) for actor in self._letters)
        return left, right, bottom, top

    @property
    def texts(self) -> tuple[str, str]:
        """Slice position and window/level, as drawn."""
        return str(self._position.GetInput()), str(self._window_level.GetInput())

    def set_position(self, text: str) -> None:
        """Which slice this is (top left corner)."""
        self._position.SetInput(text)

    def set_window_level(self, text: str) -> None:
        """The grey scale (bottom left corner)."""
        self._window_level.SetInput(text)

    def set_case_name(self, text: str) -> None:
        """Which case this is (top right corner)."""
        self._case_name.SetInput(text)

    def set_case_name_visible(self, is_visible: bool) -> None:
        """Show or hide which case this is."""
        self._has_case_name = is_visible

    def prepare(self, view: PictureView, pixel_ratio: float) -> None:
        """Place everything for a view of this size and zoom."""
        width, height = view.size_px
        margin = round(MARGIN_PX * pixel_ratio)
        has_texts = self._is_visible and min(width, height) >= MIN_TEXT_VIEW_PX * pixel_ratio
        for actor in self._letters:
            actor.GetTextProperty().SetFontSize(round(LETTER_SIZE_PX * pixel_ratio))
            actor.SetVisibility(self._is_visible)
        for actor in (self._position, self._window_level, self._scale_text):
            actor.GetTextProperty().SetFontSize(round(TEXT_SIZE_PX * pixel_ratio))
            actor.SetVisibility(has_texts)
        self._scale_bar.SetVisibility(has_texts)
        self._case_name.GetTextProperty().SetFontSize(round(TEXT_SIZE_PX * pixel_ratio))
        has_room = width >= MIN_CASE_NAME_VIEW_PX * pixel_ratio
        self._case_name.SetVisibility(has_texts and has_room and self._has_case_name)

        left, right, bottom, top = self._letters
        _place(left, margin, height / 2, "left", "center")
        _place(right, width - margin, height / 2, "right", "center")
        _place(bottom, width / 2, margin, "center", "bottom")
        _place(top, width / 2, height - margin, "center", "top")
        _place(self._position, margin, height - margin, "left", "top")
        _place(self._case_name, width - margin, height - margin, "right", "top")
        _place(self._window_level, margin, margin, "left", "bottom")
        self._prepare_scale_bar(view, margin, pixel_ratio)

    def _prepare_scale_bar(self, view: PictureView, margin: int, pixel_ratio: float) -> None:
        width = view.size_px[0]
        longest_mm = SCALE_BAR_SHARE * width * view.mm_per_px
        length_mm = max((step for step in SCALE_BAR_STEPS_MM if step <= longest_mm), default=None)
        if length_mm is None:
            self._scale_bar.VisibilityOff()
            self._scale_text.VisibilityOff()
            return
        length = length_mm / view.mm_per_px
        end, y, tick = width - margin - 0.5, margin + 0.5, 4 * pixel_ratio
        start = end - length
        bar = np.array(
            [
                [[start, y], [end, y]],
                [[start, y], [start, y + tick]],
                [[end, y], [end, y + tick]],
            ]
        )
        self._scale_mapper.SetInputData(segments_from_array(bar))
        self._scale_bar.GetProperty().SetLineWidth(pixel_ratio)
        self._scale_text.SetInput(f"{length_mm} mm" if length_mm < 10 else f"{length_mm // 10} cm")
        _place(self._scale_text, end, y + tick + 2 * pixel_ratio, "right", "bottom")


def _place(actor: vtkTextActor, x: float, y: float, horizontal: str, vertical: str) -> None:
    style = actor.GetTextProperty()
    style.SetJustification(("left", "center", "right").index(horizontal))
    style.SetVerticalJustification(("bottom", "center", "top").index(vertical))
    actor.SetPosition(round(x), round(y))

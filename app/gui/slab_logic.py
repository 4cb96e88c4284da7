"""Connects the actions of slabs with the views."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from app.gui.main_window import MainWindow
from viewer.scenes.slabs import Slab, SlabKind
from viewer.scenes.view_state import ViewState

THICKNESSES_MM = (1.0, 2.0, 3.0, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0, 50.0, 75.0, 100.0)

_KEYS = {f"slab_{kind.value}": kind for kind in SlabKind}


class SlabLogic(QObject):
    """Which slab the planes show; every case begins with single slices."""

    def __init__(self, window: MainWindow, state: ViewState) -> None:
        super().__init__(window)
        self._actions = window.actions_by_key
        self._state = state
        for key, kind in _KEYS.items():
            self._actions[key].triggered.connect(partial(self._choose, kind))
        self._actions["next_slab"].triggered.connect(self._choose_next)
        self._actions["thicker_slab"].triggered.connect(partial(self._change_thickness, 1))
        self._actions["thinner_slab"].triggered.connect(partial(self._change_thickness, -1))
        state.slab_changed.connect(self._show_slab)
        self._show_slab(state.slab)

    def show_case(self) -> None:
        """Forget the slab: nobody shall take a slab of the last case for a slice of this one."""
        self._state.set_slab(Slab())

    def _choose(self, kind: SlabKind, _checked: bool = True) -> None:
        self._state.set_slab(replace(self._state.slab, kind=kind))

    def _choose_next(self, _checked: bool = False) -> None:
        kinds = tuple(SlabKind)
        self._choose(kinds[(kinds.index(self._state.slab.kind) + 1) % len(kinds)])

    def _change_thickness(self, step: int, _checked: bool = False) -> None:
        """Go to the next usual thickness; a single slice becomes a maximum first."""
        slab = self._state.slab
        if slab.kind is SlabKind.SLICE:
            self._choose(SlabKind.MAXIMUM)
            return
        others = [mm for mm in THICKNESSES_MM if (mm - slab.thickness_mm) * step > 0]
        if others:
            thickness_mm = min(others, key=lambda mm: abs(mm - slab.thickness_mm))
            self._state.set_slab(replace(slab, thickness_mm=thickness_mm))

    def _show_slab(self, slab: Slab) -> None:
        for key, kind in _KEYS.items():
            self._actions[key].setChecked(kind is slab.kind)

"""Undo and redo, deleting clicks and masks, and locks."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from app.controllers.case_session import CaseSession
from app.controllers.segmentation_controller import SegmentationController
from imaging.clicks import Click
from imaging.history import Change
from imaging.labels import box_of_value
from imaging.structures import structure_by_name


class EditingController:
    """What the user does to the open case without the model."""

    def __init__(
        self,
        session: Callable[[], CaseSession | None],
        segmentation: SegmentationController,
    ) -> None:
        self._session = session
        self._segmentation = segmentation

    def undo(self) -> None:
        """Take back the newest click that waits for its answer, else the last step."""
        if self._segmentation.is_answering:
            self._segmentation.withdraw_last_click()
        elif session := self._session():
            session.undo()

    def redo(self) -> None:
        """Repeat the step that was undone last."""
        if session := self._session():
            session.redo()

    def delete_click(self, click: Click) -> None:
        """Remove one click, the mask stays; a step of undo."""
        self._keep_clicks(lambda other: other is not click, "deletion of a click")

    def delete_last_click(self) -> None:
        """Remove the newest click about the active structure, the mask stays."""
        session = self._session()
        if session is None:
            return
        own = session.clicks.of(session.active.name)
        if own:
            self.delete_click(own[-1])

    def clear_clicks(self) -> None:
        """Remove all clicks about the active structure, the mask stays."""
        if session := self._session():
            name = session.active.name
            self._keep_clicks(lambda click: click.structure != name, f"clearing of {name} clicks")

    def clear_structure(self) -> None:
        """Empty the active structure: its mask and its clicks, in one step of undo."""
        session = self._session()
        if session is None:
            return
        name = session.active.name
        edit, value = None, structure_by_name(name).label_value
        box = box_of_value(session.labels.array, value)
        if box is not None:
            nothing = np.zeros([part.stop - part.start for part in box], np.bool_)
            edit = session.labels.edit_to(nothing, value, box=box)
        before = session.clicks.clicks
        after = tuple(click for click in before if click.structure != name)
        if edit is not None or after != before:
            session.do(Change(f"clearing of {name}", edit, before, after))

    def _keep_clicks(self, is_kept: Callable[[Click], bool], name: str) -> None:
        session = self._session()
        if session is None:
            return
        before = session.clicks.clicks
        after = tuple(click for click in before if is_kept(click))
        if after != before:
            session.do(Change(name, None, before, after))

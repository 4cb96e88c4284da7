"""Clicks on their way to the model: shown at once, undo steps only when they are answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.controllers.case_session import CaseSession
from imaging.clicks import Click
from imaging.history import Change
from imaging.labels import LabelEdit
from imaging.structures import structure_by_name
from inference.messages import ClickRequest


@dataclass(frozen=True, slots=True, eq=False)
class PlacedClick:
    """A click and when it was placed, in seconds of the controller's clock."""

    click: Click
    placed_at: float


class ClickQueue:
    """The clicks on one case that wait for their answer, oldest first."""

    def __init__(self, session: CaseSession) -> None:
        self._session = session
        self._placed: list[PlacedClick] = []

    def __len__(self) -> int:
        return len(self._placed)

    @property
    def next_structure(self) -> str:
        """What the oldest click is about."""
        return self._placed[0].click.structure

    def about(self, structure: str) -> tuple[PlacedClick, ...]:
        """The waiting clicks about one structure."""
        return tuple(placed for placed in self._placed if placed.click.structure == structure)

    def add(self, click: Click, placed_at: float) -> None:
        """Put a click at the end."""
        self._placed.append(PlacedClick(click, placed_at))
        self._show()

    def withdraw_last(self) -> Click:
        """Take the newest click back."""
        withdrawn = self._placed.pop().click
        self._show()
        return withdrawn

    def drop(self, clicks: Sequence[PlacedClick]) -> None:
        """Give these clicks up."""
        self._placed = [placed for placed in self._placed if placed not in clicks]
        self._show()

    def drop_all(self) -> None:
        """Give all clicks up."""
        self._placed.clear()
        self._show()

    def request_for(self, clicks: Sequence[PlacedClick]) -> ClickRequest:
        """Ask about waiting clicks, all about one structure, on top of the recorded ones."""
        name = clicks[0].click.structure
        return ClickRequest(
            name,
            (*self._session.clicks.of(name), *(placed.click for placed in clicks)),
            self._session.labels.mask(structure_by_name(name).label_value),
            new_clicks=len(clicks),
        )

    def record(self, clicks: Sequence[PlacedClick], edit: LabelEdit | None) -> None:
        """Make clicks that were answered together one undo step each; the last has the edit."""
        self._placed = [placed for placed in self._placed if placed not in clicks]
        for placed in clicks:
            before = self._session.clicks.clicks
            kind = "foreground" if placed.click.is_foreground else "background"
            self._session.do(
                Change(
                    f"{kind} click on {placed.click.structure}",
                    edit if placed is clicks[-1] else None,
                    before,
                    (*before, placed.click),
                )
            )
        self._show()

    def _show(self) -> None:
        self._session.set_pending(placed.click for placed in self._placed)

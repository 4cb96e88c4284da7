"""Clicks on their way to the model: shown at once, undo steps only when they are answered.

A recorded click that is moved takes the same way: what its old place did to the mask is taken
back, as far as nothing came over it, and the model answers the new place. Both are one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.controllers.answers import Question, Stamp
from app.controllers.case_session import CaseSession
from imaging.clicks import Click
from imaging.history import Change
from imaging.labels import LabelEdit
from imaging.retraction import retraction

FOREGROUND = "foreground click on "
BACKGROUND = "background click on "
MOVE = "move of "
"""How the names of such changes begin."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacedClick:
    """A click and when it was placed, in seconds of the controller's clock."""

    click: Click
    placed_at: float
    moved_from: Click | None = None
    """The recorded click that this one replaces; None for a new one."""


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

    def next_batch(self) -> tuple[PlacedClick, ...]:
        """What is asked next: the oldest clicks about one structure; a moved one is alone."""
        own = [p for p in self._placed if p.click.structure == self.next_structure]
        if own[0].moved_from is not None:
            return (own[0],)
        return tuple(takewhile(lambda placed: placed.moved_from is None, own))

    def add(self, click: Click, placed_at: float) -> None:
        """Put a click at the end."""
        self._placed.append(PlacedClick(click, placed_at))
        self._show()

    def move(self, click: Click, moved: Click, placed_at: float) -> bool:
        """Put a click, recorded or waiting, at another place; false if there is no such click."""
        for n, placed in enumerate(self._placed):
            if placed.click is click:
                self._placed[n] = PlacedClick(moved, placed_at, placed.moved_from)
                self._show()
                return True
        if not any(own is click for own in self._session.settled_clicks):
            return False
        self._placed.append(PlacedClick(moved, placed_at, click))
        self._show()
        return True

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

    def question_for(self, clicks: Sequence[PlacedClick]) -> Question:
        """Ask about waiting clicks, all about one structure, on top of the recorded ones."""
        name = clicks[0].click.structure
        recorded = (click for click in self._without_old(clicks[0]) if click.structure == name)
        return Question(
            self._session.labels,
            Stamp.of(self._session),
            name,
            (*recorded, *(placed.click for placed in clicks)),
            len(clicks),
            self._retraction_for(clicks[0]),
        )

    def record(self, clicks: Sequence[PlacedClick], edit: LabelEdit | None) -> None:
        """Record clicks that were answered together, the last with the edit; undo takes all."""
        session = self._session
        self._placed = [placed for placed in self._placed if placed not in clicks]
        for placed in clicks:
            before = session.clicks.clicks
            after = (*self._without_old(placed), placed.click)
            own_edit = edit if placed is clicks[-1] else None
            is_joined = placed is not clicks[0]
            session.do(Change(_name_of(placed), own_edit, before, after, is_joined))
        self._show()

    def _without_old(self, placed: PlacedClick) -> tuple[Click, ...]:
        """The recorded clicks, without the one that this one replaces."""
        recorded = list(self._session.clicks)
        if placed.moved_from in recorded:
            recorded.remove(placed.moved_from)
        return tuple(recorded)

    def _retraction_for(self, placed: PlacedClick) -> LabelEdit | None:
        """What takes back what a moved click did at its old place; None where nothing is left."""
        if placed.moved_from is None:
            return None
        # One that was moved before has answers at several places.
        placings = takewhile(
            lambda change: _is_of_click(change.name), self._session.placings_of(placed.moved_from)
        )
        edits = [change.label_edit for change in placings if change.label_edit is not None]
        return retraction(self._session.labels, edits)

    def _show(self) -> None:
        moved = [placed.moved_from for placed in self._placed if placed.moved_from is not None]
        self._session.set_pending((placed.click for placed in self._placed), moved)


def _name_of(placed: PlacedClick) -> str:
    """What undo takes back."""
    kind = FOREGROUND if placed.click.is_foreground else BACKGROUND
    name = f"{kind}{placed.click.structure}"
    return name if placed.moved_from is None else f"{MOVE}{name}"


def _is_of_click(name: str) -> bool:
    """Whether a change with this name is the answer to one click alone."""
    return name.startswith((FOREGROUND, BACKGROUND, MOVE))

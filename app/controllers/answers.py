"""What the model is asked about the open case, and the edits that come of its answers.

Masks of a whole CT and edits of whole organs take a tenth of a second each, so they are made on the
inference thread. It reads the label map while the user may edit it; what comes of that is used
only if the map and the locks were still the same in the end (``Stamp``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.controllers.case_session import CaseSession
from imaging.clicks import Click
from imaging.editing.box_mask import inner_box, united_box
from imaging.labels import LabelEdit, LabelMap, box_of_value
from imaging.packed_edit import packed
from imaging.retraction import edit_after, mask_after
from imaging.structures import structure_by_name
from inference.messages import ClickRequest, MaskProposal


@dataclass(frozen=True, slots=True)
class Stamp:
    """Tells whether the labels and locks of a case are still what an edit was made for."""

    revision: int
    locked_values: frozenset[int]

    @classmethod
    def of(cls, session: CaseSession) -> Stamp:
        """As it is now; called on the GUI thread."""
        return cls(session.revision, session.locked_values)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Clicks that are asked about together, and the case as it was then.

    Attributes:
        labels: the map; read on the inference thread.
        stamp: what has to hold still for the answer to be used.
        structure: what the clicks are about.
        clicks: all clicks about it, the new ones last.
        new_clicks: how many of them are new.
        retraction: what takes back what a moved click did at its old place; None for a new one.
    """

    labels: LabelMap
    stamp: Stamp
    structure: str
    clicks: tuple[Click, ...]
    new_clicks: int
    retraction: LabelEdit | None

    @property
    def label_value(self) -> int:
        """The structure's."""
        return structure_by_name(self.structure).label_value

    def request(self) -> ClickRequest:
        """What the model is asked."""
        mask = mask_after(self.labels, self.retraction, self.label_value)
        return ClickRequest(self.structure, self.clicks, mask, self.new_clicks)

    def edit(self, proposal: MaskProposal) -> LabelEdit | None:
        """What the answer changes, locked structures left alone; None if nothing."""
        edit = edit_after(
            self.labels,
            self.retraction,
            proposal.mask,
            self.label_value,
            box=proposal.box,
            locked_values=self.stamp.locked_values,
        )
        return None if edit is None else packed(edit)


@dataclass(frozen=True, slots=True, eq=False)
class Replacement:
    """An automatic answer in place of a structure's whole mask.

    ``edit`` is None where it changes nothing, and only right while ``stamp`` holds.
    """

    proposal: MaskProposal
    stamp: Stamp
    edit: LabelEdit | None

    @classmethod
    def of(cls, labels: LabelMap, proposal: MaskProposal, stamp: Stamp) -> Replacement:
        """Compute the edit."""
        edit = replacing_edit(labels, proposal, stamp)
        return cls(proposal, stamp, None if edit is None else packed(edit))


def replacing_edit(labels: LabelMap, proposal: MaskProposal, stamp: Stamp) -> LabelEdit | None:
    """What puts a mask in place of a structure's whole one; None where it changes nothing."""
    value = structure_by_name(proposal.structure).label_value
    there = box_of_value(labels.array, value)
    box = proposal.box if there is None else united_box(proposal.box, there)
    target = np.zeros([part.stop - part.start for part in box], np.bool_)
    target[inner_box(proposal.box, box)] = proposal.mask
    return labels.edit_to(target, value, locked_values=stamp.locked_values, box=box)

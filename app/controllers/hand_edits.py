"""The door through which every tool edits the open case: rules, names, and the step of undo."""

from __future__ import annotations

from app.controllers.case_session import CaseSession
from app.controllers.drawing_options import DrawingOptions
from imaging.editing.rules import EditRules
from imaging.history import Change
from imaging.labels import LabelEdit
from imaging.structures import structure_by_name


def rules_of(session: CaseSession, options: DrawingOptions) -> EditRules:
    """What an edit of the active structure may touch now."""
    inside = None if options.inside is None else structure_by_name(options.inside).label_value
    return EditRules(session.active.label_value, session.locked_values, inside, options.hu_range)


def do_edit(session: CaseSession, name: str, edit: LabelEdit) -> None:
    """Make an edit of the mask, by hand or by a function, one step of undo."""
    clicks = session.clicks.clicks
    session.do(Change(name, edit, clicks, clicks))


def why_nothing_changed(session: CaseSession, options: DrawingOptions) -> str | None:
    """A sentence where locks or the editable area are the likely reason; None if they are not."""
    if options.inside is not None and options.inside != session.active.name:
        if session.is_locked(options.inside):
            return (
                f"Nothing changed: drawing is limited to the {options.inside}, which is locked. "
                "Open its lock, or draw everywhere."
            )
        return f"Nothing changed: drawing is limited to the {options.inside}."
    if options.hu_range is not None:
        low_hu, high_hu = options.hu_range
        return f"Nothing changed: no voxel here has {low_hu} to {high_hu} HU."
    return None

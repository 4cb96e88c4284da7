"""Enables what is possible now; what is not says why in its tooltip."""

from __future__ import annotations

from app.controllers.case_session import CaseSession
from app.controllers.refinements import REFINEMENTS
from app.controllers.segmentation_controller import SegmentationController
from app.gui.actions import Actions
from app.gui.help_actions import HELP_ACTIONS
from app.gui.language_actions import LANGUAGE_ACTIONS
from app.gui.project_possible import PROJECT_KEYS
from app.gui.tool_actions import REFINE_PREFIX
from viewer.widgets.translation import tr, tr_sentence

_ALWAYS = frozenset(
    {
        "open_ct",
        "open_folder",
        "open_sample",
        "models",
        "quit",
        "full_screen",
        "reset_layout",
        *(spec.key for spec in (*HELP_ACTIONS, *LANGUAGE_ACTIONS)),
    }
)


def show_what_is_possible(
    actions: Actions,
    session: CaseSession | None,
    segmentation: SegmentationController,
    *,
    is_saving: bool,
) -> None:
    """Go through all actions; ``session`` is None while no case is open."""
    why_not = _reasons(session, segmentation, is_saving=is_saving)
    no_case = tr("Open a CT first.")
    for action in actions:
        key = action.objectName()
        if key in _ALWAYS or key in PROJECT_KEYS:
            continue
        reason = no_case if session is None else why_not.get(key)
        actions.set_possible(key, reason is None, reason or "")
    if session is not None:
        undo, redo = session.undo_name, session.redo_name
        waiting = tr("the click that waits for its answer") if segmentation.is_answering else undo
        actions.name_step("undo", waiting)
        actions.name_step("redo", redo)
        actions["segment"].setText(tr("Segment {name}", name=tr_sentence(session.active.name)))


def _reasons(
    session: CaseSession | None, segmentation: SegmentationController, *, is_saving: bool
) -> dict[str, str]:
    """Why actions are impossible, by key; what is possible is not in it."""
    if session is None:
        return {}
    name = session.active.name
    has_clicks = bool(session.clicks.of(name))
    is_empty = not session.volume_ml(name)
    reasons: dict[str, str] = {}
    if is_saving:
        reasons |= dict.fromkeys(("save", "save_as"), tr("The mask is being saved."))
    if session.undo_name is None and not segmentation.is_answering:
        reasons["undo"] = tr("Nothing was changed yet.")
    if session.redo_name is None:
        reasons["redo"] = tr("Nothing was undone.")
    if not has_clicks:
        keys = ("delete_last_click", "clear_clicks", "save_clicks")
        reasons |= dict.fromkeys(
            keys, tr("There are no clicks on the {name}.", name=tr_sentence(name))
        )
    if is_empty:
        refining = (REFINE_PREFIX + r.key for r in REFINEMENTS if r.needs_mask)
        reasons |= dict.fromkeys(
            refining, tr("The {name} is empty: draw or segment it first.", name=tr_sentence(name))
        )
        reasons["go_to_structure"] = tr("The {name} is empty.", name=tr_sentence(name))
        if not has_clicks:
            reasons["clear_structure"] = tr("The {name} is empty already.", name=tr_sentence(name))
    if why_not := segmentation.why_not_automatic():
        reasons["segment"] = why_not
    if why_not := segmentation.why_no_clicks():
        reasons |= dict.fromkeys(("foreground", "background"), why_not)
    return reasons

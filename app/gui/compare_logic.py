"""Connects the actions that compare the mask with what it was before."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from app.controllers.case_session import CaseSession
from app.gui.case_view import CaseView
from app.gui.main_window import MainWindow
from app.settings import SettingsStore
from imaging.editing.label_patch import LabelPatch
from viewer.scenes.before_after import CompareLook
from viewer.widgets.translation import tr

COMPARE_KEYS = {f"compare_{look.value}": look for look in CompareLook}


class CompareLogic(QObject):
    """Wipe and difference: of two versions while these are compared, else of the last change.

    The last change is followed: while it is shown, the next one takes its place.
    """

    def __init__(self, window: MainWindow, case_view: CaseView, settings: SettingsStore) -> None:
        super().__init__(window)
        self._window = window
        self._case_view = case_view
        self._comparison = case_view.views.comparison
        self._settings = settings
        self._session: CaseSession | None = None
        self._follows_changes = False
        for key in COMPARE_KEYS:
            window.actions_by_key[key].triggered.connect(partial(self._on_triggered, key))
        self._comparison.set_look(CompareLook(settings.settings.compare_look))
        self._comparison.changed.connect(self._show_state)
        self._show_state()

    def show_case(self, session: CaseSession) -> None:
        """Compare states of another case from now on."""
        if self._session is not None:
            self._session.step_taken.disconnect(self._on_step_taken)
        self._session = session
        self._follows_changes = False
        session.step_taken.connect(self._on_step_taken)

    def _on_triggered(self, key: str, _checked: bool = True) -> None:
        look = COMPARE_KEYS[key]
        if not self._window.actions_by_key[key].isChecked():
            self._follows_changes = False
            self._case_view.end_comparison()
            self._window.review.versions.show_comparison(None)
            return
        self._comparison.set_look(look)
        kept = self._settings.settings
        self._settings.change(kept.model_copy(update={"compare_look": look.value}))
        if not self._comparison.is_shown:
            self._follows_changes = self._show_last_change()
            if not self._follows_changes:
                self._window.banner.show_notice(
                    tr("Nothing was changed yet that could be compared with the mask.")
                )
        self._show_state()

    def _on_step_taken(self, *_step: object) -> None:
        if self._follows_changes and not self._show_last_change():
            self._follows_changes = False
            self._case_view.end_comparison()

    def _show_last_change(self) -> bool:
        edit = None if self._session is None else self._session.last_edit()
        if edit is None:
            return False
        self._case_view.show_before(LabelPatch(edit.box, edit.before.copy()))
        return True

    def _show_state(self) -> None:
        for key, look in COMPARE_KEYS.items():
            is_on = self._comparison.is_shown and self._comparison.look is look
            self._window.actions_by_key[key].setChecked(is_on)

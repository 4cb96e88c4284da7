"""The menu bar: every action has its place here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from app.gui.action_spec import ActionSpec
from app.gui.actions import Actions
from app.gui.language_actions import LANGUAGE_ACTIONS
from app.gui.look_actions import RENDERING_ACTIONS
from app.gui.path_texts import short_names
from app.gui.theme import icon
from app.gui.tool_actions import REFINE_PREFIX, TOOL_ACTIONS
from app.gui.toolbar import LAYOUTS
from app.gui.view_actions import SLAB_ACTIONS
from viewer.widgets.translation import tr, tr_sentence, translatable

_MENUS: dict[str, tuple[str, ...]] = {
    translatable("&File"): (
        "open_ct",
        "open_folder",
        "open_sample",
        "@recent",
        "-",
        "new_project",
        "open_project",
        "@recent_projects",
        "close_project",
        "-",
        "open_labels",
        "-",
        "save",
        "save_as",
        "save_clicks",
        "export_measures",
        "export",
        "-",
        "quit",
    ),
    translatable("&Edit"): (
        "undo",
        "redo",
        "-",
        "delete_last_click",
        "clear_clicks",
        "-",
        "clear_structure",
        "-",
        "copy_measures",
    ),
    translatable("&View"): (
        "@layout",
        "@presets",
        "toggle_labels",
        "solo",
        "toggle_crosshair",
        "toggle_case_name",
        "-",
        "@slab",
        "same_zoom",
        "turn_planes",
        "straighten_planes",
        "cine",
        "-",
        "compare_wipe",
        "compare_difference",
        "-",
        "@ct_in_3d",
        "toggle_frames",
        "see_through",
        "-",
        "@pictures",
        "-",
        "go_to_structure",
        "reset_views",
        "-",
        "show_cases",
        "show_review",
        "show_measures",
        "reset_layout",
        "full_screen",
        "-",
        "@language",
    ),
    translatable("&Segment"): (
        "segment",
        "-",
        "navigate",
        "foreground",
        "background",
        "-",
        "next_structure",
        "previous_structure",
        "-",
        "models",
    ),
    translatable("&Tools"): (
        "brush",
        "eraser",
        "lasso",
        "cut",
        "fill",
        "-",
        "larger_brush",
        "smaller_brush",
        "-",
        "refine",
        "@refine",
        "-",
        "ruler",
        "angle",
        "region",
        "delete_caliper",
        "clear_calipers",
    ),
    translatable("&Cases"): (
        "add_folder",
        "add_files",
        "add_data_set",
        "segment_new_cases",
        "improve_model",
        "-",
        "find_case",
        "next_undone",
        "previous_undone",
        "-",
        "check_case",
        "submit_case",
        "approve_case",
        "return_case",
        "comment_case",
        "-",
        "flag_case",
        "exclude_case",
        "reopen_case",
        "-",
        "project_settings",
    ),
    translatable("&Help"): (
        "find_action",
        "shortcuts",
        "-",
        "guide",
        "tour",
        "-",
        "computer",
        "open_logs",
        "-",
        "about",
    ),
}
"""Keys of actions; "-" is a line, "@" a submenu."""

_LAYOUT = (*LAYOUTS, "layout_film", "film_sparser", "film_denser")
_PICTURES = ("save_picture", "save_all_pictures", "copy_picture", "save_turntable")


class Menus(QObject):
    """Fills a menu bar."""

    recent_requested = Signal(Path)
    recent_project_requested = Signal(Path)
    preset_chosen = Signal(str)

    def __init__(self, bar: QMenuBar, actions: Actions, presets: tuple[str, ...]) -> None:
        super().__init__(bar)
        self._recent = QMenu(tr("Open recent"), bar)
        self._recent.setIcon(icon("history"))
        self._recent_projects = QMenu(tr("Open recent project"), bar)
        self._recent_projects.setIcon(icon("history"))
        self._preset_group = QActionGroup(bar)
        self._presets = QMenu(tr("Grey window"), bar)
        self._presets.setIcon(icon("contrast-circle"))
        for name in presets:
            action = self._presets.addAction(tr_sentence(name))
            action.setData(name)
            action.setCheckable(True)
            action.triggered.connect(partial(self.preset_chosen.emit, name))
            self._preset_group.addAction(action)
        refine = QMenu(tr("Whole mask"), bar)
        refine.setIcon(icon("tune-variant"))
        refine.setToolTipsVisible(True)
        for spec in TOOL_ACTIONS:
            if spec.key.startswith(REFINE_PREFIX):
                refine.addAction(actions[spec.key])
        submenus = {
            "@layout": _submenu(bar, tr("Layout"), "view-dashboard-outline", actions, _LAYOUT),
            "@slab": _submenu(
                bar, tr("Slab"), "layers-triple-outline", actions, _keys(SLAB_ACTIONS)
            ),
            "@ct_in_3d": _submenu(
                bar, tr("CT in 3D"), "cube-scan", actions, _keys(RENDERING_ACTIONS)
            ),
            "@pictures": _submenu(bar, tr("Pictures"), "camera-outline", actions, _PICTURES),
            "@language": _submenu(
                bar, tr("Language"), "translate", actions, _keys(LANGUAGE_ACTIONS)
            ),
            "@refine": refine,
            "@recent": self._recent,
            "@recent_projects": self._recent_projects,
            "@presets": self._presets,
        }
        for title, keys in _MENUS.items():
            menu = bar.addMenu(tr(title))
            menu.setToolTipsVisible(True)
            for key in keys:
                if key == "-":
                    menu.addSeparator()
                elif key in submenus:
                    menu.addMenu(submenus[key])
                else:
                    menu.addAction(actions[key])
        self.show_recent(())
        self.show_recent_projects(())

    def show_recent(self, paths: tuple[Path, ...]) -> None:
        """List the files that were opened last."""
        _fill(self._recent, paths, self.recent_requested.emit)

    def show_recent_projects(self, folders: tuple[Path, ...]) -> None:
        """List the projects that were opened last."""
        _fill(self._recent_projects, folders, self.recent_project_requested.emit)

    def show_preset(self, name: str | None) -> None:
        """Tick a preset; None ticks none."""
        self._preset_group.setExclusive(name is not None)
        for action in self._preset_group.actions():
            action.setChecked(action.data() == name)
        self._preset_group.setExclusive(True)


def _submenu(
    bar: QMenuBar, title: str, icon_name: str, actions: Actions, keys: tuple[str, ...]
) -> QMenu:
    menu = QMenu(title, bar)
    menu.setIcon(icon(icon_name))
    menu.setToolTipsVisible(True)
    for key in keys:
        menu.addAction(actions[key])
    return menu


def _keys(specs: tuple[ActionSpec, ...]) -> tuple[str, ...]:
    return tuple(spec.key for spec in specs)


def _fill(menu: QMenu, paths: tuple[Path, ...], choose: Callable[[Path], None]) -> None:
    menu.clear()
    menu.setEnabled(bool(paths))
    for path, name in zip(paths, short_names(paths), strict=True):
        action = menu.addAction(name.replace("&", "&&"))  # one alone would underline a letter
        action.setToolTip(str(path))
        action.triggered.connect(partial(choose, path))

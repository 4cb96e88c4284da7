"""Which keys trigger which action: as the table says, unless the user chose others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtGui import QKeySequence

from app.gui.actions import ACTIONS, Actions
from app.settings import SettingsStore
from viewer.widgets.translation import tr, translatable

VIEW_KEYS = {
    "PgUp": translatable("scrolls the slices"),
    "PgDown": translatable("scrolls the slices"),
    "Up": translatable("scrolls the slices"),
    "Down": translatable("scrolls the slices"),
    "Tab": translatable("goes from field to field"),
    "Shift+Tab": translatable("goes from field to field"),
    "Return": translatable("presses the button that has the focus"),
    "Enter": translatable("presses the button that has the focus"),
    **{str(digit): translatable("picks a structure") for digit in range(1, 10)},
}
"""What views and fields listen for themselves, as Qt writes it everywhere, and what for."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Why keys cannot be had; ``owner`` is the action that has them, None if none may."""

    sentence: str
    owner: str | None = None


class ShortcutChoice:
    """Applies the user's keys to the actions and keeps them in the settings."""

    def __init__(
        self, actions: Actions, settings: SettingsStore, reserved: Mapping[str, str]
    ) -> None:
        """``reserved`` are keys that are none of the actions' business, and what they do."""
        self._actions = actions
        self._settings = settings
        self._reserved = {**VIEW_KEYS, **reserved}
        self._defaults = {spec.key: spec.shortcuts for spec in ACTIONS}
        self._restore()

    def keys_of(self, action: str) -> tuple[str, ...]:
        """The keys of an action now."""
        return next(spec.shortcuts for spec in self._actions.specs if spec.key == action)

    def is_changed(self, action: str) -> bool:
        """Whether the user chose other keys than the program's own."""
        return self.keys_of(action) != self._defaults[action]

    @property
    def has_changes(self) -> bool:
        """Whether any action has other keys than the program's own."""
        return any(self.is_changed(action) for action in self._defaults)

    def clash(self, action: str, keys: str) -> Clash | None:
        """Why ``keys`` cannot trigger ``action``; None if they can."""
        wanted = _portable(keys)
        if wanted in self._reserved:
            return Clash(
                tr(
                    "{keys} {use}. Choose other keys.",
                    keys=_native(wanted),
                    use=tr(self._reserved[wanted]),
                )
            )
        for spec in self._actions.specs:
            if spec.key != action and wanted in map(_portable, spec.shortcuts):
                name = spec.text.rstrip("…")
                return Clash(
                    tr("{keys} belongs to “{name}” already.", keys=_native(wanted), name=name),
                    spec.key,
                )
        return None

    def choose(self, action: str, keys: str) -> Clash | None:
        """Let ``keys`` trigger an action instead of what did; none at all where it is empty.

        Changes nothing where they cannot, and says why.
        """
        if not keys:
            self._set(action, ())
            return None
        clash = self.clash(action, keys)
        if clash is None:
            self._set(action, (_portable(keys),))
        return clash

    def take_over(self, action: str, keys: str) -> None:
        """Take ``keys`` away from the action that has them, and let them trigger this one."""
        clash = self.clash(action, keys)
        if clash is not None and clash.owner is not None:
            left = (own for own in self.keys_of(clash.owner) if _portable(own) != _portable(keys))
            self._set(clash.owner, tuple(left))
        self.choose(action, keys)

    def reset(self, action: str) -> Clash | None:
        """Give an action the program's own keys again, unless another one has them now."""
        for keys in self._defaults[action]:
            clash = self.clash(action, keys)
            if clash is not None:
                return clash
        self._set(action, self._defaults[action])
        return None

    def reset_all(self) -> None:
        """Give every action the program's own keys."""
        for action, keys in self._defaults.items():
            self._actions.set_shortcuts(action, keys)
        self._keep()

    def _set(self, action: str, keys: tuple[str, ...]) -> None:
        self._actions.set_shortcuts(action, keys)
        self._keep()

    def _restore(self) -> None:
        """Apply the settings; what a later version, or a hand, made impossible is left out."""
        chosen = {
            action: tuple(_portable(one) for one in keys if _portable(one))
            for action, keys in self._settings.settings.shortcuts.items()
            if action in self._defaults
        }
        for action in chosen:
            self._actions.set_shortcuts(action, ())
        for action, keys in chosen.items():
            free = tuple(one for one in keys if self.clash(action, one) is None)
            self._actions.set_shortcuts(action, free)

    def _keep(self) -> None:
        changed = {key: self.keys_of(key) for key in self._defaults if self.is_changed(key)}
        store = self._settings
        store.change(store.settings.model_copy(update={"shortcuts": changed}))
        store.save()


def _portable(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.PortableText)


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)

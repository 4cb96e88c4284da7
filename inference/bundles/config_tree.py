"""A bundle's configuration with its references followed, and everything in it recognised."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.components import Component, SavedFile, UnknownCodeError, Value
from inference.bundles.config_text import Tree
from inference.bundles.expressions import REFERENCE, is_known_import, value_of
from inference.bundles.limits import MAX_REFERENCE_DEPTH

TARGET = "_target_"
DISABLED = "_disabled_"

_SPLIT = re.compile(r"#|::")
_KNOWN_MARKS = frozenset({TARGET, DISABLED, "_desc_", "_requires_", "_mode_"})


class ConfigTree:
    """Looks up values by their place (``"network_def#in_channels"``), each resolved once.

    ``is_known_class`` says which ``_target_`` may stand anywhere; ``read_saved`` gives what a
    saved file of the bundle holds under a name.
    """

    def __init__(
        self,
        tree: Tree,
        is_known_class: Callable[[str], bool],
        read_saved: Callable[[SavedFile, str], Value],
    ) -> None:
        self._tree = tree
        self._is_known_class = is_known_class
        self._read_saved = read_saved
        self._resolved: dict[str, Value] = {}
        self._open: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    def check(self) -> None:
        """Recognise every expression and class, also those that nothing here needs.

        Raises:
            UnknownCodeError: one is not known.
            ModelError: a reference leads nowhere, or in a circle.
        """
        for name in self._tree:
            self.value(name)

    def value(self, place: str) -> Value:
        """The resolved value at a place; None if there is nothing."""
        parts = _SPLIT.split(place)
        if parts[0] not in self._tree:
            return None
        value = self._look(place, "")
        return None if _is_dropped(value) else value

    def _look(self, place: str, asked_from: str) -> Value:
        place = "#".join(self._absolute(place, asked_from))
        if place in self._resolved:
            return self._resolved[place]
        if place in self._open:
            raise ModelError(
                f"The configuration refers to {shown(place)} in a circle. Ask its author about it."
            )
        if len(self._open) > MAX_REFERENCE_DEPTH:
            raise ModelError("The configuration's references are nested too deeply to follow.")
        self._open.append(place)
        value = self._resolve(self._raw(place, asked_from), place)
        self._open.pop()
        self._resolved[place] = value
        return value

    def _absolute(self, place: str, asked_from: str) -> list[str]:
        """A place from the root; leading # count upwards from where it was asked."""
        ups = len(place) - len(place.lstrip("#"))
        parts = _SPLIT.split(place.lstrip("#"))
        return [*asked_from.split("#")[:-ups], *parts] if ups else parts

    def _raw(self, place: str, asked_from: str) -> Value:
        node: Value = self._tree
        for part in place.split("#"):
            if isinstance(node, str) and (match := REFERENCE.fullmatch(node)):
                node = self._raw("#".join(self._absolute(match["id"], place)), place)
            if isinstance(node, dict) and part in node:
                node = node[part]
            elif isinstance(node, list) and part.isdecimal() and int(part) < len(node):
                node = node[int(part)]
            else:
                raise ModelError(
                    f"The configuration refers to {shown(place)} in {shown(asked_from)}, and "
                    "there is no such entry. Download the bundle again."
                )
        return node

    def _resolve(self, node: Value, place: str) -> Value:
        if isinstance(node, dict):
            return self._resolve_dict(node, place)
        if isinstance(node, list):
            parts = (self._look(f"{place}#{number}", place) for number in range(len(node)))
            return [part for part in parts if not _is_dropped(part)]
        if isinstance(node, str):
            return self._resolve_text(node, place)
        return node

    def _resolve_text(self, text: str, place: str) -> Value:
        if text.startswith("$"):
            if text.startswith("$import"):
                if is_known_import(text.removeprefix("$")):
                    return None
                raise UnknownCodeError(f"the statement {shown(text, 80)}", place)
            return value_of(text[1:], place, lambda at: self._look(at, place), self._read_saved)
        if match := REFERENCE.fullmatch(text):
            return self._look(match["id"], place)
        if text.startswith("%"):
            if not re.fullmatch(r"%#*\w+(?:(?:#|::)\w+)*", text):
                raise UnknownCodeError(f"the macro {shown(text, 80)} for another file", place)
            return self._look(text[1:], place)
        return text

    def _resolve_dict(self, node: Tree, place: str) -> Value:
        values = {key: self._look(f"{place}#{key}", place) for key in node}
        if TARGET not in node:
            return {key: value for key, value in values.items() if not _is_dropped(value)}
        target = values[TARGET]
        if not isinstance(target, str) or not self._is_known_class(target):
            raise UnknownCodeError(f"the class {shown(target, 80)}", place)
        if values.get("_mode_", "default") not in {"default", "callable"}:
            raise UnknownCodeError(f"the mode {shown(values['_mode_'])}", place)
        if values.get(DISABLED) is True or values.get(DISABLED) == "true":
            return _DROPPED
        arguments = {
            key: value
            for key, value in values.items()
            if key not in _KNOWN_MARKS and not _is_dropped(value)
        }
        return Component(target, target.rpartition(".")[2], arguments, place)


class _Dropped:
    """Stands for what a configuration disables."""


_DROPPED = _Dropped()


def _is_dropped(value: object) -> bool:
    return value is _DROPPED


def targets_in(tree: object) -> Iterator[str]:
    """The last parts of all class names in a tree, unresolved; for telling bundles apart."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(target := node.get(TARGET), str):
                yield target.rpartition(".")[2]
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)

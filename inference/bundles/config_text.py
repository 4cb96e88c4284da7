"""Configurations in JSON and YAML as plain trees of dicts, lists, texts and numbers."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any, NoReturn

import yaml

from imaging.errors import ModelError
from inference.bundles.archive import shown
from inference.bundles.limits import MAX_CONFIG_DEPTH, MAX_CONFIG_NODES, MAX_NUMBER

Tree = dict[str, Any]


def parse_config(name: str, data: bytes) -> Tree:
    """The tree that a configuration describes; ``name`` tells its format.

    Raises:
        ModelError: it is no mapping, is damaged, too deep, or uses what runs code (YAML tags).
    """
    try:
        text = data.decode("utf-8-sig")
        tree = _parse_json(text) if name.endswith(".json") else _parse_yaml(text)
        _check(tree)
    except ModelError:
        raise
    except _RefusedError as refused:
        raise ModelError(f"{shown(name)} was refused: it {refused}. Nothing was run.") from refused
    except RecursionError as error:
        raise ModelError(
            f"{shown(name)} was refused: it is nested too deeply. Nothing was run."
        ) from error
    except (ValueError, OverflowError, yaml.YAMLError) as error:
        kind = "JSON" if name.endswith(".json") else "YAML"
        raise ModelError(
            f"{shown(name)} is not valid {kind}. Download the bundle again."
        ) from error
    if not isinstance(tree, dict):
        raise ModelError(f"{shown(name)} is no configuration: it holds no names.")
    return tree


class _RefusedError(Exception):
    """What the text does that a configuration has no need to do."""


def _parse_json(text: str) -> object:
    return json.loads(text, object_pairs_hook=_pairs, parse_constant=_refuse_constant)


def _pairs(pairs: list[tuple[str, Any]]) -> Tree:
    tree = dict(pairs)
    if len(tree) != len(pairs):
        raise _RefusedError("gives one name two values")
    return tree


def _refuse_constant(name: str) -> NoReturn:
    raise _RefusedError(f"holds {name}, which is no number")


class _Loader(yaml.SafeLoader):
    """The safe loader, which refuses names that are given twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        mapping = super().construct_mapping(node, deep)
        if len(mapping) != len(node.value):
            raise _RefusedError("gives one name two values")
        return mapping


def _parse_yaml(text: str) -> object:
    depth = 0
    for events, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if getattr(event, "value", None) == "<<":
            raise _RefusedError("merges YAML mappings, which can grow without bounds")
        if tag := getattr(event, "tag", None):
            raise _RefusedError(f"uses the YAML tag {shown(tag)}, which can run code")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_CONFIG_DEPTH:
            raise _RefusedError("is nested too deeply")
        if events > MAX_CONFIG_NODES:
            raise _RefusedError(f"holds more than {MAX_CONFIG_NODES:,} entries")
    return yaml.load(text, Loader=_Loader)  # a safe loader, and without tags besides


def _check(tree: object) -> None:
    """Hold the limits of depth, number and size; without recursion.

    What YAML anchors repeat is counted each time, so a file cannot grow by them.
    """
    waiting = [(tree, 1)]
    count = 0
    while waiting:
        node, depth = waiting.pop()
        count += 1
        if depth > MAX_CONFIG_DEPTH:
            raise _RefusedError("is nested too deeply")
        if count > MAX_CONFIG_NODES:
            raise _RefusedError(f"holds more than {MAX_CONFIG_NODES:,} entries")
        if isinstance(node, dict):
            if not all(isinstance(key, str) for key in node):
                raise _RefusedError("has names that are no text")
            waiting.extend((value, depth + 1) for value in node.values())
        elif isinstance(node, list):
            waiting.extend((value, depth + 1) for value in node)
        elif isinstance(node, bool | str | None):
            continue
        elif not isinstance(node, int | float) or not abs(node) <= MAX_NUMBER:
            raise _RefusedError(f"holds {shown(node)}, which is no number of a model")

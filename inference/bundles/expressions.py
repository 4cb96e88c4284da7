"""The few shapes of ``$`` expressions that known bundles use; none is ever evaluated by Python.

An expression is parsed to a syntax tree and walked here. Sums, lengths, choices and indexes of
literals have values; calls are compared with a list, and have none (``Opaque``) where the result
is a device or a list of files. Everything else is refused by its text.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable

from inference.bundles.archive import shown
from inference.bundles.components import Component, Opaque, SavedFile, UnknownCodeError, Value
from inference.bundles.limits import (
    MAX_EXPRESSION_CHARS,
    MAX_EXPRESSION_DEPTH,
    MAX_LENGTH,
    MAX_NUMBER,
)

Look = Callable[[str], Value]
"""Gives the value of a reference such as ``network_def#in_channels``."""

ReadSaved = Callable[[SavedFile, str], Value]
"""Gives what a saved file holds under a name."""

REFERENCE = re.compile(r"@(?P<id>#*\w+(?:(?:#|::)\w+)*)")

KNOWN_IMPORTS = frozenset(
    {"glob", "ignite", "json", "math", "monai", "numpy", "os", "scripts", "torch"}
)

KNOWN_CALLS = frozenset(
    {
        "glob.glob",
        "list",
        "sorted",
        "zip",
        "os.path.basename",
        "os.path.exists",
        "os.path.join",
        "scripts.clicks.cases_with_clicks",
        "scripts.data_set.images_to_segment",
        "monai.data.load_decathlon_datalist",
        "monai.utils.set_determinism",
        "torch.cuda.is_available",
        "torch.device",
    }
)
"""Their results are devices and lists of files: of no use here."""

ARRAY_CALLS = frozenset(
    {"numpy.array", "numpy.asarray", "torch.as_tensor", "torch.from_numpy", "torch.tensor"}
)
"""They change the kind of an array and not its numbers."""

KNOWN_NAMES = re.compile(r"(torch|numpy|np)\.(float|int|uint|bfloat)\d+|torch\.backends\.cudnn")

PLACING_METHODS = frozenset({"to", "cpu", "cuda", "eval", "float"})
"""They put a network somewhere and give it back."""

_SUMS: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}

_COMPARISONS: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
}

_PREFIX = "reference_"


def value_of(text: str, where: str, look: Look, read_saved: ReadSaved) -> Value:
    """The value of an expression (without its ``$``), or ``Opaque`` where it is of no use.

    Raises:
        UnknownCodeError: it is not one of the known shapes.
    """
    return _Walk(text, where, look, read_saved).result()


def is_known_import(text: str) -> bool:
    """True for ``import glob`` and the like: one known module, and nothing else."""
    words = text.replace(" as np", "").split()
    return len(words) == 2 and words[0] == "import" and words[1] in KNOWN_IMPORTS


class _Walk:
    """One expression on its way to a value."""

    def __init__(self, text: str, where: str, look: Look, read_saved: ReadSaved) -> None:
        self._text, self._where = text, where
        self._look, self._read_saved = look, read_saved
        self._references: list[str] = []

    def result(self) -> Value:
        if len(self._text) > MAX_EXPRESSION_CHARS:
            raise self._unknown()
        try:
            tree = ast.parse(REFERENCE.sub(self._placeholder, self._text).strip(), mode="eval")
            return self._value(tree.body, frozenset(), 0)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise self._unknown() from error

    def _placeholder(self, match: re.Match[str]) -> str:
        self._references.append(match["id"])
        return f"{_PREFIX}{len(self._references) - 1}"

    def _unknown(self) -> UnknownCodeError:
        return UnknownCodeError(f"the expression {shown('$' + self._text, 80)}", self._where)

    def _value(self, node: ast.expr, bound: frozenset[str], depth: int) -> Value:
        """The value of a node; ``bound`` are the loop variables of list comprehensions."""
        if depth > MAX_EXPRESSION_DEPTH:
            raise self._unknown()

        def inner(part: ast.expr) -> Value:
            return self._value(part, bound, depth + 1)

        match node:
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return self._limited(value)
            case ast.Name(id=name) if name in bound:
                return Opaque(name)
            case ast.Name(id=name) if name.startswith(_PREFIX):
                return self._look(self._references[int(name.removeprefix(_PREFIX))])
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return [inner(part) for part in parts]
            case ast.Dict(keys=keys, values=values) if None not in keys:
                found = [
                    (inner(key), inner(value))
                    for key, value in zip(keys, values, strict=True)
                    if key
                ]
                return {key: value for key, value in found if isinstance(key, str)}
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _SUMS:
                return self._sum(_SUMS[type(sign)], inner(left), inner(right))
            case ast.UnaryOp(op=ast.USub(), operand=part):
                return self._sum(operator.sub, 0, inner(part))
            case ast.UnaryOp(op=ast.Not(), operand=part):
                value = inner(part)
                return not value if _is_literal(value) else Opaque(self._text)
            case ast.IfExp(test=test, body=body, orelse=other):
                chosen, first, second = inner(test), inner(body), inner(other)
                if not _is_literal(chosen):
                    return Opaque(self._text)
                return first if chosen else second
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self._compared(sign, inner(left), inner(right))
            case ast.Subscript(value=part, slice=index):
                return self._item(inner(part), index)
            case ast.ListComp(elt=part, generators=[ast.comprehension() as loop]):
                return self._listed(part, loop, bound, depth)
            case ast.Attribute(value=part, attr="type") if isinstance(inner(part), Opaque):
                return Opaque(self._text)
            case ast.Attribute() if KNOWN_NAMES.fullmatch(_dotted(node)):
                return Opaque(_dotted(node))
            case ast.Call():
                return self._called(node, inner)
        raise self._unknown()

    def _called(self, node: ast.Call, inner: Callable[[ast.expr], Value]) -> Value:
        if any(keyword.arg is None for keyword in node.keywords):
            raise self._unknown()
        name = _dotted(node.func)
        arguments = [inner(argument) for argument in node.args]
        for keyword in node.keywords:
            inner(keyword.value)
        first = arguments[0] if arguments else None
        if name == "len" and isinstance(first, list | dict | str):
            return len(first)
        if name in ARRAY_CALLS or (name in {"list", "tuple"} and isinstance(first, list)):
            return first
        if name == "torch.load":
            return SavedFile(first) if isinstance(first, str) else Opaque(self._text)
        if name == "setattr" and first == Opaque("torch.backends.cudnn"):
            return Opaque(self._text)
        if name in KNOWN_CALLS:
            return Opaque(self._text)
        return self._called_on_reference(node.func, inner)

    def _called_on_reference(self, function: ast.expr, inner: Callable[[ast.expr], Value]) -> Value:
        """``@network_def.to(@device)``, ``@evaluator.run()``, ``@checkpointloader(@evaluator)``."""
        match function:
            case ast.Attribute(value=ast.Subscript() as part, attr="numpy"):
                return inner(part)
            case ast.Attribute(value=ast.Name() as reference, attr=method):
                owner = inner(reference)
                if isinstance(owner, Component) and method in PLACING_METHODS:
                    return owner
                if isinstance(owner, Component) and method == "run":
                    return Opaque(self._text)
            case ast.Name():
                owner = inner(function)
                if isinstance(owner, Component) and owner.name == "CheckpointLoader":
                    return Opaque(self._text)
        raise self._unknown()

    def _listed(
        self, part: ast.expr, loop: ast.comprehension, bound: frozenset[str], depth: int
    ) -> Value:
        """``[{'image': i} for i in @datalist]``: recognised, and never run through."""
        if not isinstance(loop.target, ast.Name) or loop.is_async:
            raise self._unknown()
        self._value(loop.iter, bound, depth + 1)
        for node in (part, *loop.ifs):
            self._value(node, bound | {loop.target.id}, depth + 1)
        return Opaque(self._text)

    def _item(self, owner: Value, index: ast.expr) -> Value:
        key = index.value if isinstance(index, ast.Constant) else None
        if isinstance(owner, SavedFile) and isinstance(key, str):
            return self._read_saved(owner, key)
        if isinstance(owner, dict) and isinstance(key, str) and key in owner:
            return owner[key]
        if isinstance(owner, list) and isinstance(key, int) and 0 <= key < len(owner):
            return owner[key]
        if isinstance(owner, Opaque):
            return Opaque(self._text)
        raise self._unknown()

    def _compared(self, sign: ast.cmpop, left: Value, right: Value) -> Value:
        if type(sign) not in _COMPARISONS:
            raise self._unknown()
        if not (_is_literal(left) and _is_literal(right)):
            return Opaque(self._text)
        try:
            return _COMPARISONS[type(sign)](left, right)
        except TypeError as error:
            raise self._unknown() from error

    def _sum(self, combine: Callable[[Value, Value], Value], left: Value, right: Value) -> Value:
        both = (left, right)
        if any(isinstance(part, Opaque) for part in both):
            return Opaque(self._text)
        joins = combine is operator.add and (
            all(isinstance(part, list) for part in both)
            or all(isinstance(part, str) for part in both)
        )
        if not joins and not all(isinstance(part, int | float) for part in both):
            raise self._unknown()
        if joins and len(left) + len(right) > MAX_LENGTH:
            raise self._unknown()
        try:
            return self._limited(combine(left, right))
        except (ZeroDivisionError, OverflowError) as error:
            raise self._unknown() from error

    def _limited(self, value: Value) -> Value:
        if isinstance(value, int | float) and not abs(value) <= MAX_NUMBER:
            raise self._unknown()
        return value


def _is_literal(value: Value) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _dotted(node: ast.expr) -> str:
    """``os.path.join`` of such an attribute, empty for anything that is not only names."""
    if isinstance(node, ast.Name):
        return "" if node.id.startswith(_PREFIX) else node.id
    if isinstance(node, ast.Attribute) and (owner := _dotted(node.value)):
        return f"{owner}.{node.attr}"
    return ""

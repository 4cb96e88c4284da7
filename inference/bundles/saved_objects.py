"""A walk over the opcodes of a saved checkpoint that builds texts, numbers, and tables of both.

Checkpoints are written as programs for a small machine that can also call any function. This is
another machine for the same opcodes: it knows dictionaries, lists, tensors and arrays, and stops
at the first thing that is none of them. It imports nothing and calls nothing that a file names.
"""

from __future__ import annotations

import pickletools
import re
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from inference.bundles.archive import shown
from inference.bundles.limits import MAX_DIMENSIONS, MAX_NUMBER

MAX_OPCODES = 500_000
"""UNETR's checkpoint has 9,000, and 27,000 with the state of its optimiser."""

STORAGES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "|b1",
}
"""torch's kinds of storage, as NumPy names their numbers; NumPy has no bfloat16."""

_ARRAY_DTYPE = re.compile(r"[fiub][1248]")

_REBUILD_TENSOR = "torch._utils._rebuild_tensor_v2"
_REBUILD_PARAMETER = "torch._utils._rebuild_parameter"
_ORDERED_DICT = "collections.OrderedDict"
_ENCODE = "_codecs.encode"
_RECONSTRUCT = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")
_SCALAR = ("numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar")
_KNOWN_NAMES = frozenset(
    {
        _REBUILD_TENSOR,
        _REBUILD_PARAMETER,
        _ORDERED_DICT,
        _ENCODE,
        *_RECONSTRUCT,
        *_SCALAR,
        "numpy.ndarray",
        "numpy.dtype",
        "torch.Size",
        *(f"torch.{storage}" for storage in STORAGES),
    }
)

Saved: TypeAlias = object
"""What a checkpoint holds: dict, list, tuple, text, number, ``TensorPlace`` or array."""


class UnsafeObjectError(Exception):
    """The file holds something else than names and numbers; the text names it."""


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a tensor's numbers are: in which record, from which number on, in what steps."""

    record: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """A function or class that the file names; it is never looked up."""

    name: str


@dataclass(frozen=True, slots=True)
class _Storage:
    record: str
    dtype: str


@dataclass(slots=True)
class _Dtype:
    kind: str
    order: str = "<"


@dataclass(slots=True)
class _Array:
    value: NDArray[np.generic] | None = None


class _Mark:
    """Where a tuple, list or dict begins on the stack."""


_MARK = _Mark()


def read_saved_objects(program: bytes) -> Saved:
    """What a saved program of opcodes describes.

    Raises:
        UnsafeObjectError: it names a function, class or opcode beyond tensors and arrays.
    """
    try:
        found = _Machine().run(program)
        return found.value if isinstance(found, _Array) else found
    except UnsafeObjectError:
        raise
    except Exception as error:  # pickletools raises whatever it meets in a damaged file
        raise UnsafeObjectError("it is damaged") from error


@dataclass(slots=True)
class _Machine:
    stack: list[object] = field(default_factory=list)
    memo: dict[int, object] = field(default_factory=dict)

    def run(self, program: bytes) -> object:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(program)):
            if count > MAX_OPCODES:
                raise UnsafeObjectError("it has too many parts")
            if opcode.name == "STOP":
                return self.stack.pop()
            self._step(opcode.name, argument)
        raise UnsafeObjectError("it is incomplete")

    def _step(self, name: str, argument: object) -> None:
        stack = self.stack
        match name:
            case "PROTO" | "FRAME":
                return
            case "MARK":
                stack.append(_MARK)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "LONG4" | "INT" | "LONG" | "BINFLOAT":
                stack.append(_limited(argument))
            case "BINUNICODE" | "SHORT_BINUNICODE" | "BINUNICODE8" | "UNICODE":
                stack.append(str(argument))
            case "SHORT_BINBYTES" | "BINBYTES" | "BINBYTES8":
                stack.append(argument)
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_LIST":
                stack.append([])
            case "EMPTY_TUPLE":
                stack.append(())
            case "TUPLE":
                stack.append(tuple(self._to_mark()))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[-1])
                parts = tuple(stack[-count:])
                del stack[-count:]
                stack.append(parts)
            case "BINPUT" | "LONG_BINPUT" | "PUT":
                self.memo[int(str(argument))] = stack[-1]
            case "MEMOIZE":
                self.memo[len(self.memo)] = stack[-1]
            case "BINGET" | "LONG_BINGET" | "GET":
                stack.append(self.memo[int(str(argument))])
            case "APPEND" | "APPENDS":
                items = self._to_mark() if name == "APPENDS" else [stack.pop()]
                _as_list(stack[-1]).extend(items)
            case "SETITEM" | "SETITEMS":
                items = self._to_mark() if name == "SETITEMS" else [stack.pop() for _ in "kv"][::-1]
                _fill(stack[-1], items)
            case "GLOBAL":
                stack.append(_known(str(argument).replace(" ", ".")))
            case "STACK_GLOBAL":
                last, first = stack.pop(), stack.pop()
                stack.append(_known(f"{first}.{last}"))
            case "BINPERSID":
                stack.append(_storage(stack.pop()))
            case "REDUCE":
                arguments, function = stack.pop(), stack.pop()
                stack.append(_built(function, arguments))
            case "BUILD":
                state = stack.pop()
                _set_state(stack[-1], state)
            case _:
                raise UnsafeObjectError(f"it uses {name.lower()}, which tables of numbers do not")

    def _to_mark(self) -> list[object]:
        at = len(self.stack) - 1
        while self.stack[at] is not _MARK:
            at -= 1
            if at < 0:
                raise UnsafeObjectError("it is damaged")
        items = self.stack[at + 1 :]
        del self.stack[at:]
        return items


def _limited(argument: object) -> object:
    # Seeds and hashes have 64 bits; a shape never uses them.
    if isinstance(argument, int) and abs(argument) > 2**64:
        raise UnsafeObjectError("it holds a number of absurd size")
    return argument


def _known(name: str) -> _Name:
    if name not in _KNOWN_NAMES:
        raise UnsafeObjectError(f"it would call {shown(name)}")
    return _Name(name)


def _storage(place: object) -> _Storage:
    match place:
        case ("storage", _Name(name=kind), str() as record, str(), int()):
            return _Storage(record, STORAGES[kind.removeprefix("torch.")])
    raise UnsafeObjectError("it refers to numbers in a way that is not known")


def _built(function: object, arguments: object) -> object:
    """What calling a known function would give, without calling it."""
    if not isinstance(function, _Name) or not isinstance(arguments, tuple):
        raise UnsafeObjectError("it calls something that it does not name")
    match function.name, arguments:
        case name, (
            _Storage() as storage,
            int() as offset,
            tuple() as shape,
            tuple() as strides,
            *_,
        ) if name == _REBUILD_TENSOR:
            return _place(storage, offset, shape, strides)
        case name, (TensorPlace() as tensor, *_) if name == _REBUILD_PARAMETER:
            return tensor
        case name, () if name == _ORDERED_DICT:
            return {}
        case "torch.Size", (tuple() as shape,):
            return shape
        case name, (str() as text, "latin1") if name == _ENCODE:
            return text.encode("latin1")
        case "numpy.dtype", (str() as kind, *_) if _ARRAY_DTYPE.fullmatch(kind):
            return _Dtype(kind)
        case name, _ if name in _RECONSTRUCT:
            return _Array()
        case name, (_Dtype() as dtype, bytes() as data) if name in _SCALAR:
            return np.frombuffer(data, dtype.order + dtype.kind)[0].item()
    raise UnsafeObjectError(f"it would call {shown(function.name)} in a way that is not known")


def _place(
    storage: _Storage, offset: int, shape: tuple[object, ...], strides: tuple[object, ...]
) -> TensorPlace:
    sides = tuple(side for side in shape if type(side) is int and 0 <= side <= MAX_NUMBER)
    steps = tuple(step for step in strides if type(step) is int and 0 <= step <= MAX_NUMBER)
    if sides != shape or steps != strides or len(sides) != len(steps) or offset < 0:
        raise UnsafeObjectError("it holds a tensor of impossible shape")
    if len(sides) > MAX_DIMENSIONS:
        raise UnsafeObjectError("it holds a tensor of too many dimensions")
    return TensorPlace(storage.record, storage.dtype, offset, sides, steps)


def _set_state(owner: object, state: object) -> None:
    match owner, state:
        case _Dtype(), (_, str() as order, *_) if order in {"<", ">", "|", "="}:
            owner.order = order
        case _Array(), (
            _,
            tuple() as shape,
            _Dtype() as dtype,
            bool() as is_fortran,
            bytes() as data,
        ):
            numbers = np.frombuffer(data, dtype.order + dtype.kind)
            owner.value = numbers.reshape(shape, order="F" if is_fortran else "C")
        case dict(), dict():
            return  # the notes that a state_dict carries; nothing needs them
        case _:
            raise UnsafeObjectError("it sets up an object in a way that is not known")


def _as_list(owner: object) -> list[object]:
    if not isinstance(owner, list):
        raise UnsafeObjectError("it appends to something that is no list")
    return owner


def _fill(owner: object, items: list[object]) -> None:
    if not isinstance(owner, dict):
        raise UnsafeObjectError("it fills something that is no dictionary")
    for key, value in zip(items[::2], items[1::2], strict=True):
        if not isinstance(key, str | int):
            raise UnsafeObjectError("it has names that are no text")
        owner[key] = value.value if isinstance(value, _Array) else value

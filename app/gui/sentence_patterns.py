"""Translates sentences that arrive complete, by patterns with named gaps.

A layer without Qt says "liver.nii: 3 slices are missing." in English. The translation file has the
pattern "{path_name}: {count} slices are missing.", which that sentence is an instance of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from PySide6.QtCore import QLocale

from viewer.widgets.translation import SENTENCE_CONTEXT

_GAP = re.compile(r"\{(\w+)\}")
_FRACTION = re.compile(r"-?\d+\.\d+")
_UNIT = r"(?:mm|cm|mL|mm²|cm²|HU|[kMG]B|ms|s|min|h|%|degrees|voxels|clicks|minutes|hours)(?!\w)"
_NEXT = r"(?:(?:,| x| to| and| or| ±) -?\d+(?:\.\d+)?)*"
_MEASURE = re.compile(rf"(?<![\w./:\\-])-?\d+\.\d+(?={_NEXT} ?{_UNIT})")
"""A fraction with a unit, at once or after the other numbers of a range or a position."""

_SENTENCE_START = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_CLAUSE_END = re.compile(r"(; and |; | and )")
_SENTENCE_END = re.compile(r"(?<=[.:!?]) |; |\n")
_VERBATIM = ("path", "file", "folder", "model", "package", "data_set", "case_name", "header")
"""Gaps with such a word in their names hold what people wrote, which is nobody's to translate."""

_NAMES = (*_VERBATIM, "case", "name", "title", "version", "asked", "host", "engine", "text")
"""Gaps with such a word in their names hold names and versions: a point in them is no mark."""


@dataclass(frozen=True, slots=True)
class _Pattern:
    expression: re.Pattern[str]
    translation: str


class SentencePatterns:
    """The sentences of one language: exact ones, and those with gaps."""

    def __init__(self, translations: Mapping[str, str]) -> None:
        """``translations`` are patterns in English and their translations, with the same gaps."""
        self._exact = {key: text for key, text in translations.items() if not _GAP.search(key)}
        with_gaps = [key for key in translations if _GAP.search(key)]
        # A pattern with more words is the more particular one where two would do.
        with_gaps.sort(key=lambda key: len(_GAP.sub("", key)), reverse=True)
        self._patterns = [_Pattern(_expression(key), translations[key]) for key in with_gaps]

    @classmethod
    def read(cls, source: Path) -> Self:
        """The sentences of a Qt translation source (.ts)."""
        contexts = ElementTree.parse(source).getroot().iter("context")
        messages = (
            message
            for context in contexts
            if context.findtext("name") == SENTENCE_CONTEXT
            for message in context.iter("message")
        )
        found = {
            message.findtext("source", ""): message.findtext("translation", "")
            for message in messages
        }
        return cls({key: text for key, text in found.items() if text})

    def translate(self, text: str) -> str:
        """The translation of one or several sentences; empty where none of it is known."""
        sentences = [self._translate_one(one) for one in _SENTENCE_START.split(text)]
        known = [one for one in sentences if one is not None]
        if len(known) == len(sentences):
            return " ".join(known)
        whole = self._translate_one(text)
        if whole is not None:
            return whole
        for end in _SENTENCE_END.finditer(text):
            first = self._translate_one(text[: end.start()])
            if first is not None:
                rest = text[end.end() :]
                return f"{first}{end.group()}{self.translate(rest) or rest}"
            first = self._translate_one(text[end.end() :])
            if first is not None:
                return f"{text[: end.end()]}{first}"
        return ""

    def _translate_one(self, text: str) -> str | None:
        if text in self._exact:
            return self._exact[text]
        uncapitalised = text[:1].lower() + text[1:]
        if uncapitalised in self._exact:
            found = self._exact[uncapitalised]
            return found[0].upper() + found[1:]
        clauses = self._translate_clauses(text)
        if clauses is not None:
            return clauses
        for pattern in self._patterns:
            match = pattern.expression.fullmatch(text)
            if match is not None:
                marked = _MEASURE.sub(_with_decimal_mark, text)
                gaps = {}
                for name, part in match.groupdict().items():
                    start, end = match.span(name)
                    is_quoted = text[start - 1 : start] == '"'
                    gaps[name] = part if is_quoted else self._fill(name, part, marked[start:end])
                return pattern.translation.format(**gaps)
        return self._translate_list(text)

    def _translate_clauses(self, text: str) -> str | None:
        """Clauses that each are known, such as "spleen: Dice rose and pancreas: Dice rose"."""
        stem = text.removesuffix(".")
        clauses = _CLAUSE_END.split(stem)
        if len(clauses) == 1:
            return None
        word = self._exact.get("and", "and")
        parts = [
            clause.replace("and", word) if number % 2 else self._translate_one(clause)
            for number, clause in enumerate(clauses)
        ]
        known = [part for part in parts if part is not None]
        return "".join(known) + text[len(stem) :] if len(known) == len(parts) else None

    def _translate_list(self, text: str) -> str | None:
        """A sentence that is a list, such as "2 cases added, 1 could not be added."."""
        stem = text.removesuffix(".")
        if stem == text:
            return None
        parts = [self._translate_one(part) for part in stem.split(", ")]
        known = [part for part in parts if part is not None]
        return ", ".join(known) + "." if len(known) == len(parts) else None

    def _fill(self, name: str, part: str, marked: str) -> str:
        """What stands in a gap: ``marked`` is ``part`` with the decimal marks of measures."""
        if any(word in name for word in _VERBATIM):
            return part
        if any(word in name for word in _NAMES):
            marked = part
        elif _FRACTION.fullmatch(part.removesuffix(".")):
            return _FRACTION.sub(_with_decimal_mark, part)
        whole = self.translate(part)
        if whole:
            return whole
        pairs = zip(part.split(", "), marked.split(", "), strict=True)
        return ", ".join(self._translate_one(one) or unknown for one, unknown in pairs)


def _with_decimal_mark(fraction: re.Match[str]) -> str:
    return fraction.group().replace(".", QLocale().decimalPoint())


def _expression(pattern: str) -> re.Pattern[str]:
    # What is no sentence (a name of a step, a task under way) fills its gaps with a few words.
    is_sentence = pattern.endswith((".", "!", "?"))
    gap = ".+?" if is_sentence else r"(?:(?!\. |, ).)+?"
    seen: set[str] = set()
    parts = []
    for number, piece in enumerate(_GAP.split(pattern)):
        if number % 2 == 0:
            parts.append(re.escape(piece))
        elif piece in seen:
            parts.append(f"(?P={piece})")
        else:
            seen.add(piece)
            parts.append(f"(?P<{piece}>{gap})")
    return re.compile("".join(parts), re.DOTALL)

"""Brings the translations of the window up to date with the source.

It collects every text that the window says (the literals given to ``tr``, ``tr_count`` and
``translatable``, and the tables of actions), keeps the translations that are still needed in
``resources/translations/maskwright_LANGUAGE.ts``, adds the new texts as unfinished, and compiles
the ``.qm`` beside it. Sentences of layers without Qt are translated if the file has them: add one
by its pattern, as ``--sentences`` prints it.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import PySide6

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
WINDOW_FOLDERS = ("app/gui", "viewer/widgets")
SENTENCE_FOLDERS = ("app", "imaging", "inference", "training", "viewer")
WINDOW, SENTENCE = "Window", "Sentence"
COMPOSED = (
    "1 DICOM RTSTRUCT was",
    "1 DICOM SEG was",
    "1 case",
    "1 label file",
    "1 label map was",
    "1 localizer",
    "1 more objection in the report",
    "1 step by hand or from files was not played.",
    "1 surface of {cases} was",
    "CPU, 1 thread: {seconds}, agrees to Dice {agreed_dice}",
    "CPU, 1 thread: {seconds}, the reference",
    "CPU, {count} threads: {seconds}, agrees to Dice {agreed_dice}",
    "CPU, {count} threads: {seconds}, the reference",
    "It is in use from now on; you can roll back at any time.",
    "It waits for you to promote it.",
    "Job {number} improves the model by itself: 1 case was approved since the last time. You "
    "can go on working, or close the window.",
    "Job {number} improves the model by itself: {count} cases were approved since the last "
    "time. You can go on working, or close the window.",
    "Left out: {skipped}.",
    "No cases",
    "PyTorch {library_version} of the GPU pack is used, but it finds no card to use.",
    "PyTorch {library_version} of the GPU pack is used, on the processor.",
    "PyTorch {library_version} of the GPU pack is used, on {card_name}.",
    "The new model is better on {patients} held-out patients, and nothing is worse: {gains}.",
    "The project is open already by {user_name} on {host_name} (process {pid}, since "
    "{when}), so this one is for reading only. Close the other one and open the project "
    "again to change it.",
    "The project is open already, so this one is for reading only. Close the other one and "
    "open the project again to change it.",
    "and",
    "{count} CT series without slices",
    "{count} DICOM RTSTRUCTs were",
    "{count} DICOM SEGs were",
    "{count} cases",
    "{count} label files",
    "{count} label maps were",
    "{count} localizers",
    "{count} mL",
    "{count} more objections in the report",
    "{count} steps by hand or from files were not played.",
    "{count} surfaces of {cases} were",
    "{count} {modality} series",
    "{engine_title} is used. {engine_reason}.",
    "{engine_title} on CPU, 1 thread",
    "{engine_title} on CPU, {count} threads",
    "{engine_title} would do. {engine_reason}.",
    "{files}, with the DICOM series that it refers to, was",
    "{files}, with the DICOM series that they refer to, were",
    "{model_title} comes under the {licence}. It was trained on the Medical Segmentation "
    "Decathlon ({task}), CC BY-SA 4.0, http://medicaldecathlon.com/. For research use only: "
    "it is no medical device.",
    "{now} clicks instead of {before} for the {structure} ({cases})",
    "{structure_title}: {what} apart from its largest part ({ml} in all).",
    "{structure_title}: {what} inside ({ml} in all).",
    "{structure}: {measure} fell ({before} before, {now} now)",
    "{structure}: {measure} fell by {drop} in patient {patient_name}",
    "{structure}: {measure} fell on the reference patients ({before} before, {now} now)",
    "{structure}: {measure} may have fallen by up to {drop} ({before} before, {now} now)",
    "{structure}: {measure} rose ({before} before, {now} now)",
    "{structure}: {measure} rose on the reference patients ({before} before, {now} now)",
)
"""Sentences that are put together from parts at run time."""

_CALLS = {"tr": 1, "translatable": 1, "tr_count": 2}
"""How many of the first arguments are texts."""


@dataclass(frozen=True, slots=True)
class Message:
    """A text and its translation, which is empty until somebody wrote it."""

    context: str
    source: str
    translation: str


def main() -> None:
    """Update and compile every language, or print what could be translated too."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--sentences", action="store_true", help="print sentences of other layers, change nothing"
    )
    arguments = options.parse_args()
    for source in sorted(FOLDER.glob("maskwright_*.ts")):
        known = read_messages(source)
        if arguments.sentences:
            sys.stdout.writelines(f"{text!r}\n" for text in untranslated_sentences(known))
            continue
        messages = updated(known)
        write_messages(source, messages)
        compile_messages(source)
        unfinished = sum(not message.translation for message in messages)
        sys.stdout.write(f"{source.name}: {len(messages)} texts, {unfinished} unfinished\n")


def updated(known: list[Message]) -> list[Message]:
    """What the source says now, with the translations that are known."""
    translations = {(one.context, one.source): one.translation for one in known}
    sayable = sentences() | words() | steps() | set(COMPOSED)
    kept = {one.source for one in known if one.context == SENTENCE and one.source in sayable}
    wanted = [(WINDOW, text) for text in window_texts()]
    wanted += [(SENTENCE, text) for text in kept | words() | steps() | set(COMPOSED)]
    return [
        Message(context, text, translations.get((context, text), ""))
        for context, text in sorted(wanted)
    ]


def window_texts() -> set[str]:
    """Every text that the window says itself, with its gaps."""
    from app.controllers.refinements import REFINEMENTS
    from app.gui.actions import ACTIONS

    texts = {text for folder in WINDOW_FOLDERS for text in _literals(ROOT / folder)}
    texts |= {text for spec in ACTIONS for text in (spec.text, spec.tip)}
    for refinement in REFINEMENTS:
        texts |= {refinement.text, refinement.tip}
        texts |= {parameter.label for parameter in refinement.parameters}
    return texts


def words() -> set[str]:
    """Names that sentences and lists take in: organs, states, presets."""
    from app.controllers.drawing_controller import DrawingTool
    from imaging.structures import all_structures
    from training.cases.records import CaseStatus, ReviewAction, Split, VersionKind
    from training.jobs.job import JobState, Stage
    from training.promotion import Measure
    from viewer.scenes.planes import Plane
    from viewer.scenes.window_level import CT_PRESETS

    names = {structure.name for structure in all_structures()} | set(CT_PRESETS)
    enums = (
        *(CaseStatus, ReviewAction, Split, VersionKind),
        *(Stage, JobState, Measure, Plane, DrawingTool),
    )
    return names | {str(member.value) for enum in enums for member in enum}


def steps() -> set[str]:
    """Names of steps that undo takes back, as patterns."""
    from app.controllers.case_controller import IMPORT
    from app.controllers.click_queue import BACKGROUND, FOREGROUND, MOVE
    from app.controllers.refinements import REFINEMENTS
    from app.controllers.work_log import GO_BACK, REPLAY

    names = {f"{refinement.step_name} {{structure_name}}" for refinement in REFINEMENTS}
    names |= {f"{beginning}{{structure_name}}" for beginning in (FOREGROUND, BACKGROUND)}
    return names | {
        f"{GO_BACK}{{number}}",
        f"{REPLAY}{{number}}",
        f"{MOVE}{{click}}",
        f"{IMPORT}{{file}}",
    }


def sentences() -> set[str]:
    """Every text with a word in the source, f-strings as patterns with named gaps."""
    return {
        pattern.strip()
        for folder in SENTENCE_FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (pattern := _pattern(node)) is not None and re.search(r"[A-Za-z]{2}", pattern)
    }


def untranslated_sentences(known: list[Message]) -> list[str]:
    """What layers without Qt may say and no translation has, as patterns."""
    done = {message.source for message in known}
    return sorted(text for text in sentences() - done if text.count(" ") > 1 and "\n" not in text)


def read_messages(source: Path) -> list[Message]:
    """The messages of a Qt translation source."""
    return [
        Message(
            context.findtext("name", ""),
            message.findtext("source", ""),
            message.findtext("translation", ""),
        )
        for context in ElementTree.parse(source).getroot().iter("context")
        for message in context.iter("message")
    ]


def write_messages(source: Path, messages: list[Message]) -> None:
    """Write a Qt translation source, always in the same order."""
    language = source.stem.rpartition("_")[2]
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE TS>"]
    lines.append(f'<TS version="2.1" language="{language}" sourcelanguage="en">')
    for context in (SENTENCE, WINDOW):
        lines += ["<context>", f"    <name>{context}</name>"]
        for message in messages:
            if message.context == context:
                mark = "" if message.translation else ' type="unfinished"'
                lines += [
                    "    <message>",
                    f"        <source>{escape(message.source)}</source>",
                    f"        <translation{mark}>{escape(message.translation)}</translation>",
                    "    </message>",
                ]
        lines.append("</context>")
    source.write_text("\n".join([*lines, "</TS>", ""]), encoding="utf-8")


def compile_messages(source: Path) -> None:
    """Make the file that the window loads, by the tool that comes with PySide6."""
    tool = Path(PySide6.__file__).with_name("lrelease")
    part = source.with_suffix(".qm.part")  # a window that is open reads the old one on
    subprocess.run([str(tool), "-silent", str(source), "-qm", str(part)], check=True)
    part.replace(source.with_suffix(".qm"))


def _literals(folder: Path) -> Iterator[str]:
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                for argument in node.args[: _CALLS.get(node.func.id, 0)]:
                    yield from _texts_of(argument)


def _texts_of(node: ast.expr) -> Iterator[str]:
    """A literal, or both of ``"one" if condition else "other"``; nothing for a variable."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts_of(node.body)
        yield from _texts_of(node.orelse)


def _pattern(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    names: dict[str, str] = {}
    parts = []
    for piece in node.values:
        if isinstance(piece, ast.FormattedValue):
            expression = ast.unparse(piece.value)
            if expression not in names:
                names[expression] = _gap_name(piece.value, set(names.values()))
            parts.append(f"{{{names[expression]}}}")
        elif isinstance(piece, ast.Constant):
            parts.append(str(piece.value))
    return "".join(parts)


def _gap_name(node: ast.expr, taken: set[str]) -> str:
    name = "_".join(_name_parts(node)[-2:]) or "part"
    numbered = (name if number == 1 else f"{name}{number}" for number in range(1, 100))
    return next(candidate for candidate in numbered if candidate not in taken)


def _name_parts(node: ast.expr) -> list[str]:
    """The words by which a translator recognises an expression: ``path.name`` is path, name."""
    if isinstance(node, ast.Name):
        return [] if node.id == "self" else [node.id.strip("_").lower()]
    if isinstance(node, ast.Attribute):
        return [*_name_parts(node.value), node.attr.strip("_").lower()]
    if isinstance(node, ast.Subscript):
        return _name_parts(node.value)
    if isinstance(node, ast.Call):
        called = _name_parts(node.func)
        return called if called not in (["len"], ["join"], ["str"]) else _argument_parts(node)
    if isinstance(node, ast.IfExp):
        return _name_parts(node.body)
    return []


def _argument_parts(node: ast.Call) -> list[str]:
    parts = _name_parts(node.args[0]) if node.args else []
    is_count = isinstance(node.func, ast.Name) and node.func.id == "len"
    return [*parts[-1:], "count"] if is_count else parts


if __name__ == "__main__":
    main()

import ast
import importlib.util
import re
import sys
from collections import Counter
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QTranslator

ROOT = Path(__file__).resolve().parents[2]
TRANSLATION = ROOT / "resources" / "translations" / "maskwright_de.ts"
SCRIPT = ROOT / "packaging" / "update_translations.py"
ADVICE = "Run packaging/update_translations.py, and translate what it calls unfinished."


@pytest.fixture(scope="module")
def translations():
    spec = importlib.util.spec_from_file_location("update_translations", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def messages(translations):
    return translations.read_messages(TRANSLATION)


def gaps(text):
    return Counter((name, spec) for _, name, spec, _ in Formatter().parse(text) if name is not None)


def test_every_text_of_the_window_is_translated_and_none_is_left_over(translations, messages):
    wanted = {(one.context, one.source) for one in translations.updated(messages)}
    known = {(one.context, one.source) for one in messages}

    assert not wanted - known, ADVICE
    assert not known - wanted, ADVICE
    assert not [one.source for one in messages if not one.translation], ADVICE


def test_a_translation_has_the_gaps_of_its_text(messages):
    wrong = [one.source for one in messages if set(gaps(one.source)) != set(gaps(one.translation))]
    assert not wrong


def test_a_translation_begins_and_ends_like_its_text(messages):
    def ends(text):
        end = text[-1:] if text[-1:] in ".…?:!" else ""
        return end, text[:1].isspace(), text.count("\n")

    wrong = [one.source for one in messages if ends(one.source) != ends(one.translation)]
    assert not wrong


def test_no_two_menus_share_a_key_letter(messages):
    titles = [one for one in messages if one.source.startswith("&")]
    letters = [title.translation.partition("&")[2][:1].upper() for title in titles]

    assert len(titles) == 7
    assert all(letters)
    assert len(set(letters)) == len(letters)


def test_the_compiled_translation_says_what_the_source_says(messages):
    translator = QTranslator()
    assert translator.load(str(TRANSLATION.with_suffix(".qm")))

    wrong = [
        one.source
        for one in messages
        if translator.translate(one.context, one.source) != one.translation
    ]
    assert not wrong, ADVICE


def test_a_pattern_has_words_of_its_own_to_be_known_by(messages):
    bare = [
        one.source
        for one in messages
        if one.context == "Sentence"
        and not re.search(r"[A-Za-z]{2}", re.sub(r"\{.*?\}", "", one.source))
    ]
    assert not bare


def test_no_text_is_looked_up_before_a_language_is_known(translations):
    lookups = {"tr", "tr_count", "tr_sentence", "tr_number"}

    def calls_at_import(node):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                continue
            if isinstance(child, ast.Call) and getattr(child.func, "id", "") in lookups:
                yield child.lineno
            yield from calls_at_import(child)

    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for folder in translations.WINDOW_FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for line in calls_at_import(ast.parse(file.read_text("utf-8")))
    ]
    assert not found, "Mark the text by translatable, and look it up where it is shown."


def test_gaps_are_filled_by_the_translation_and_not_before_it(translations):
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for folder in translations.WINDOW_FOLDERS
        for file in sorted((ROOT / folder).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("tr", "tr_count", "translatable")
        and any(isinstance(argument, ast.JoinedStr) for argument in node.args)
    ]
    assert not found

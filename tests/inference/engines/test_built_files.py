import json

import pytest

from inference.engines.built_files import ENGINE, RECORD, TIMINGS, BuiltFiles

FACTS = {"network": "a" * 64, "library": "tensorrt 11.1", "card and driver": "H100, 590.1"}
CONTENTS = {ENGINE: bytes(range(256)) * 8, TIMINGS: b"timings"}


@pytest.fixture
def files(tmp_path):
    made = BuiltFiles(tmp_path, FACTS)
    made.save(CONTENTS)
    return made


def _folder(cache):
    (folder,) = (cache / "built").iterdir()
    return folder


def test_what_was_built_comes_back(files):
    assert files.load() == CONTENTS[ENGINE]
    assert files.load(TIMINGS) == b"timings"


@pytest.mark.parametrize("fact", list(FACTS))
def test_another_network_library_or_driver_finds_nothing(files, tmp_path, fact):
    assert BuiltFiles(tmp_path, {**FACTS, fact: "another"}).load() is None
    assert files.load() == CONTENTS[ENGINE]


@pytest.mark.parametrize("place", [0, 1, 777, 2047])
def test_a_flipped_bit_anywhere_means_that_it_is_built_again(files, tmp_path, place):
    file = _folder(tmp_path) / ENGINE
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert files.load() is None
    assert not file.exists()


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"facts": {}}', b"\xff\xfe"])
def test_a_damaged_record_means_that_it_is_built_again(files, tmp_path, damage):
    (_folder(tmp_path) / RECORD).write_bytes(damage)
    assert files.load() is None


def test_a_record_of_another_computer_is_not_believed(files, tmp_path):
    record = _folder(tmp_path) / RECORD
    fields = json.loads(record.read_text())
    fields["facts"]["card and driver"] = "RTX 4090, 560.2"
    record.write_text(json.dumps(fields))
    assert files.load() is None


def test_a_shortened_file_is_not_loaded(files, tmp_path):
    file = _folder(tmp_path) / ENGINE
    file.write_bytes(file.read_bytes()[:-1])
    assert files.load() is None


def test_a_new_build_takes_the_place_of_the_old(files):
    files.save({ENGINE: b"new"})
    assert files.load() == b"new"
    assert files.load(TIMINGS) is None


def test_a_folder_that_takes_no_files_costs_time_only(tmp_path):
    (tmp_path / "built").write_text("a file where the folder should be")
    files = BuiltFiles(tmp_path, FACTS)
    files.save(CONTENTS)
    assert files.load() is None

"""Damaged files: each one opens or gives one sentence, never a crash.

``MUTATED_FILES=1000 pytest tests/imaging/readers/test_mutated_files.py`` tries more of them.
"""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from imaging.errors import MaskwrightError
from imaging.geometry import VolumeGeometry
from imaging.readers.open_volume import open_volume
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file

COUNT = int(os.environ.get("MUTATED_FILES", "100"))
MAX_ANSWER_S = 15.0
"""Five on an idle machine; tests run on busy ones."""

FORMATS = ("dicom", "rle", "nii", "nii.gz", "nrrd", "mha")
NASTY = (b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"nan ", b"-1  ")


def mutated(good: bytes, chance: random.Random) -> bytes:
    """One to twenty changes, most of them in the header."""
    data = bytearray(good)
    for _ in range(chance.choice([1, 2, 5, 20])):
        end = min(len(data), 2500) if chance.random() < 0.8 else len(data)
        position = chance.randrange(max(1, end))
        kind = chance.random()
        if kind < 0.5:
            data[position : position + 1] = bytes([chance.randrange(256)])
        elif kind < 0.7:
            data[position : position + 4] = chance.choice(NASTY)
        elif kind < 0.85:
            del data[position : position + chance.choice([1, 4, 100])]
        elif kind < 0.95:
            data[position:position] = chance.randbytes(chance.choice([1, 4, 50]))
        else:
            del data[position:]
    return bytes(data)


@pytest.fixture
def good_file(write_series, tmp_path):
    def write(kind: str) -> Path:
        if kind in ("dicom", "rle"):
            path = write_series(count=1) / "slice000.dcm"
            if kind == "rle":
                dataset = pydicom.dcmread(path)
                dataset.compress(RLELossless)
                dataset.save_as(path)
            return path
        hu = np.random.default_rng(0).integers(-1000, 1000, (6, 7, 8)).astype(np.int16)
        geometry = VolumeGeometry.from_parts(hu.shape, (1, 2, 3), (2, 1, 1))
        write_volume_file(tmp_path / f"good.{kind}", Volume(hu, geometry))
        return tmp_path / f"good.{kind}"

    return write


@pytest.mark.parametrize("kind", FORMATS)
def test_a_damaged_file_opens_or_gives_one_sentence(kind, good_file, tmp_path):
    good = good_file(kind)
    chance = random.Random(f"{kind} of the tests")
    paths = []
    for number in range(COUNT // len(FORMATS) + 1):
        path = tmp_path / str(number) / good.name
        path.parent.mkdir()
        path.write_bytes(mutated(good.read_bytes(), chance))
        paths.append(path)

    def outcome(path: Path) -> tuple[str, float]:
        started = time.monotonic()
        try:
            open_volume(path)
        except MaskwrightError as error:
            return str(error), time.monotonic() - started
        return "", time.monotonic() - started

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(outcome, paths))
    sentences = [sentence for sentence, _ in outcomes]
    assert not [sentence for sentence in sentences if "stopped unexpectedly" in sentence]
    assert all(sentence == "" or sentence.endswith(".") for sentence in sentences)
    assert max(seconds for _, seconds in outcomes) < MAX_ANSWER_S
    assert any(sentences), "the damage was never enough to be noticed"

"""Decoding in a child process: cancelled, killed, hung, out of memory, and never in the way."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from imaging.errors import CancelledError, UnreadableFileError
from imaging.geometry import VolumeGeometry
from imaging.readers import isolation
from imaging.readers.isolation import DecodeLimits, decode_grid
from imaging.readers.open_volume import open_volume
from imaging.readers.protocol import (
    Crashed,
    DecodeRequest,
    DecodeTask,
    Failed,
    Finished,
    Progress,
    SeriesFound,
    VoxelChunk,
    VoxelsFollow,
    answer_from_line,
    answer_to_line,
)
from imaging.readers.series_info import SeriesInfo
from imaging.volume import Volume
from imaging.writers.volume_file import write_volume_file


@pytest.fixture
def small_ct(tmp_path: Path) -> Path:
    hu = np.random.default_rng(3).integers(-1000, 1000, (4, 5, 6)).astype(np.int16)
    write_volume_file(
        tmp_path / "ct.nii",
        Volume(hu, VolumeGeometry.from_parts(hu.shape, (0, 0, 0), (2, 1, 1))),
    )
    return tmp_path / "ct.nii"


@pytest.fixture
def child_that(monkeypatch):
    """Let a script take the child's place."""

    def replace(script: str) -> None:
        monkeypatch.setattr(isolation, "decoder_command", lambda: [sys.executable, "-c", script])

    return replace


def test_a_cancelled_opening_kills_the_child_at_once(child_that, small_ct):
    child_that("import time; time.sleep(60)")
    started = time.monotonic()
    with pytest.raises(CancelledError):
        open_volume(small_ct, is_cancelled=lambda: time.monotonic() - started > 0.1)
    assert time.monotonic() - started < 50  # it did not wait for the child


def test_a_child_that_hangs_is_stopped_with_a_sentence(child_that, small_ct):
    child_that("import time; time.sleep(60)")
    with pytest.raises(UnreadableFileError, match=r"could not be read within \d+ s"):
        decode_grid(small_ct, DecodeTask.VOLUME, limits=DecodeLimits(silence_s=0.2))


def test_a_child_that_never_ends_its_chatter_is_stopped_as_well(child_that, small_ct):
    line = answer_to_line(Progress(0.5, "Reading"))
    child_that(f"import sys, time\nwhile True: print({line.decode()!r}, end='', flush=True)")
    with pytest.raises(UnreadableFileError, match="could not be read within"):
        decode_grid(small_ct, DecodeTask.VOLUME, limits=DecodeLimits(time_s=0.5))


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_a_child_that_is_killed_is_one_sentence(child_that, small_ct):
    child_that(f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})")
    with pytest.raises(UnreadableFileError, match=r"ct\.nii .* stopped unexpectedly \(signal 11\)"):
        open_volume(small_ct)


def test_a_child_that_ends_without_a_word_is_one_sentence(child_that, small_ct):
    child_that("import sys; sys.stdin.read(); sys.exit(3)")
    with pytest.raises(UnreadableFileError, match="exit code 3"):
        open_volume(small_ct)


@pytest.mark.parametrize(
    "answers",
    [
        [b"not json\n"],
        [b'{"answer": "Surprise"}\n'],
        [answer_to_line(VoxelsFollow("float64", (1, 1, 1), (0.0,) * 16))],
        [answer_to_line(VoxelsFollow("int16", (99999, 99999, 99999), (0.0,) * 16))],
        [
            answer_to_line(VoxelsFollow("int16", (1, 1, 4), (0.0,) * 16)),
            answer_to_line(Finished("x", ())),
        ],
        [
            answer_to_line(VoxelsFollow("int16", (1, 1, 1), (0.0,) * 16)),
            answer_to_line(VoxelChunk(4000)),
        ],
        [
            answer_to_line(VoxelsFollow("int16", (1, 1, 4), (0.0,) * 16)),
            answer_to_line(VoxelChunk(8)),
            b"1234",
        ],
        [answer_to_line(VoxelChunk(8))],
        [answer_to_line(SeriesFound(()))],
    ],
)
def test_nonsense_from_the_child_is_one_sentence(answers, child_that, small_ct):
    child_that(f"import sys; sys.stdin.read(); sys.stdout.buffer.write({b''.join(answers)!r})")
    with pytest.raises(UnreadableFileError, match=r"ct\.nii could not be read"):
        open_volume(small_ct)


@pytest.mark.skipif(sys.platform != "linux", reason="the memory limit is Linux's")
def test_a_child_that_needs_too_much_memory_is_one_sentence(tmp_path):
    shape = (40, 400, 400)
    write_volume_file(
        tmp_path / "large.nrrd",
        Volume(
            np.full(shape, -5, np.int16), VolumeGeometry.from_parts(shape, (0, 0, 0), (1, 1, 1))
        ),
    )
    assert decode_grid(tmp_path / "large.nrrd", DecodeTask.VOLUME).array.max() == -5
    tight = _memory_of_a_fresh_child() + 4_000_000
    with pytest.raises(UnreadableFileError, match=r"large\.nrrd needs more than \d\.\d GB"):
        decode_grid(
            tmp_path / "large.nrrd", DecodeTask.VOLUME, limits=DecodeLimits(memory_bytes=tight)
        )


def _memory_of_a_fresh_child() -> int:
    """Address space of a process that has imported what reading NRRD needs."""
    script = (
        "import imaging.readers.itk_file, imaging.readers.voxel_values\n"
        "print(open('/proc/self/statm').read().split()[0])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    )
    return int(result.stdout) * os.sysconf("SC_PAGE_SIZE")


def test_progress_rises_to_the_end(small_ct):
    shares = []
    open_volume(small_ct, report_progress=lambda share, _text: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_child_finds_its_code_whatever_lies_in_the_working_folder(
    small_ct, tmp_path, monkeypatch
):
    (tmp_path / "imaging").mkdir()
    (tmp_path / "imaging" / "__init__.py").write_text("raise SystemExit(9)")
    (tmp_path / "json.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    assert open_volume(small_ct).geometry.shape == (4, 5, 6)


def test_reading_nifti_needs_neither_pydicom_nor_simpleitk():
    script = (
        "import sys, imaging.readers.nifti_file, imaging.readers.decoder_process\n"
        "print({'pydicom', 'SimpleITK'} & set(sys.modules))"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert result.stdout.strip() == b"set()"


INFO = SeriesInfo("1.2", "Liver", "CT", 3, 2.5, "", (3, 4, 5), None, ("Odd.",))


@pytest.mark.parametrize(
    "answer",
    [
        Progress(0.25, "Reading headers"),
        VoxelsFollow("int16", (3, 4, 5), tuple(float(n) / 3 for n in range(16))),
        VoxelChunk(120),
        Finished("CT", ("One.", "Two.")),
        SeriesFound((INFO, SeriesInfo("3", "x", "MR", 1, None, "", None, "No.", ()))),
        Failed("UnreadableFileError", "It is broken: \u00e4."),
        Crashed("Traceback\nline"),
    ],
)
def test_every_answer_survives_the_pipe(answer):
    assert answer_from_line(answer_to_line(answer)) == answer


def test_a_request_survives_the_pipe_with_any_file_name():
    name = os.fsdecode(b"/data/\xff\xfe caf\xc3\xa9\n.nii")
    request = DecodeRequest(DecodeTask.LABELS, name, None, 5)
    assert DecodeRequest.from_line(request.to_line()) == request
    assert request.to_line().count(b"\n") == 1

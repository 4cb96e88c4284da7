import json
import logging
from zipfile import ZipFile

import pytest

from app.bootstrap import model_store
from app.doctor import examine_computer
from app.log_bundle import write_log_bundle
from app.log_scrubbing import LEFT_OUT, scrubbed_crash, scrubbed_log
from app.logs import logging_to
from app.paths import AppPaths
from app.settings import Settings
from imaging.errors import UnreadableFileError, WriteError

CANARY = "Kanarienvogel"


@pytest.fixture(scope="module")
def examination(tmp_path_factory):
    paths = AppPaths.under(tmp_path_factory.mktemp("home"))
    return examine_computer(paths, model_store(paths), tries_engines=False)


def message_of(text, logger="app.somewhere", names=()):
    line = json.dumps({"time": "now", "level": "INFO", "logger": logger, "message": text})
    return json.loads(scrubbed_log(line, names))["message"]


def test_our_own_sentences_stay():
    assert message_of("case opened, shape (60, 192, 192)") == "case opened, shape (60, 192, 192)"
    assert message_of("CPU, 2 threads: 0.31 s") == "CPU, 2 threads: 0.31 s"


@pytest.mark.parametrize(
    "text",
    [
        f"cannot read /data/{CANARY}/ct",
        f"cannot read C:\\data\\{CANARY}",
        f"{CANARY} Anna.nii.gz is damaged",
        "series 1.2.840.113619.2.55 has gaps",
        f"{CANARY}^Anna has gaps",
        "patient 19580417 has gaps",
    ],
)
def test_a_sentence_that_might_name_a_file_or_a_patient_goes(text):
    assert message_of(text) == LEFT_OUT


def test_names_of_recent_files_go_wherever_they_stand():
    assert message_of(f"{CANARY.lower()} has gaps", names=[CANARY]) == LEFT_OUT


def test_what_libraries_say_goes_and_who_said_it_stays():
    line = json.dumps({"logger": "pydicom", "level": "WARNING", "message": f"PN is {CANARY}"})

    assert json.loads(scrubbed_log(line)) == {
        "time": "",
        "level": "WARNING",
        "logger": "pydicom",
        "message": LEFT_OUT,
    }


def test_of_a_traceback_places_and_kinds_stay_but_no_text(tmp_path):
    log = tmp_path / "log.jsonl"
    with logging_to(log):
        try:
            try:
                raise OSError(f"{CANARY}\n  {CANARY}\nValueError: {CANARY}")
            except OSError as error:
                raise UnreadableFileError(f"{CANARY}.dcm cannot be read") from error
        except UnreadableFileError:
            logging.getLogger("app.test").error("reading failed", exc_info=True)
    assert CANARY in log.read_text(encoding="utf-8")

    scrubbed = scrubbed_log(log.read_text(encoding="utf-8"))

    assert CANARY not in scrubbed
    traceback = json.loads(scrubbed)["traceback"].splitlines()
    assert "OSError" in traceback
    assert "imaging.errors.UnreadableFileError" in traceback
    assert sum(line.startswith("  File ") for line in traceback) == 2
    assert str(tmp_path.parent) not in scrubbed


def test_a_crash_keeps_its_stacks_and_nothing_else():
    crash = (
        "Fatal Python error: Segmentation fault\n\n"
        "Thread 0x00007f37c1654b80 (most recent call first):\n"
        f'  File "/{CANARY}/venv/lib/site-packages/vtk/render.py", line 12 in render\n'
        f"reading {CANARY}\n"
    )

    assert scrubbed_crash(crash).splitlines() == [
        "Fatal Python error: Segmentation fault",
        "Thread 0x00007f37c1654b80 (most recent call first):",
        '  File "vtk/render.py", line 12, in render',
    ]


def test_the_bundle_has_logs_and_findings_and_no_name(tmp_path, examination):
    paths = AppPaths.under(tmp_path / "home")
    with logging_to(paths.log_file):
        logging.getLogger("app.test").info("case opened, shape (1, 2, 3)")
        logging.getLogger("app.test").warning("%s is odd", CANARY)
        logging.getLogger("highdicom").warning("patient %s", CANARY)
    paths.crash_file.write_text(CANARY, encoding="utf-8")
    settings = Settings().with_recent(tmp_path / CANARY / f"{CANARY}.nii.gz")

    written = write_log_bundle(tmp_path / "support", paths, examination, settings)

    assert written == tmp_path / "support.zip"
    with ZipFile(written) as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert "case opened" in texts["maskwright.jsonl"]
    assert json.loads(texts["computer.json"])["findings"]
    assert json.loads(texts["settings.json"])["preset"] == "Abdomen"
    assert not any(CANARY.lower() in text.lower() for text in texts.values())


def test_a_folder_that_refuses_is_a_sentence(tmp_path, examination):
    paths = AppPaths.under(tmp_path / "home")

    with pytest.raises(WriteError, match="Choose another folder"):
        write_log_bundle(tmp_path / "nowhere" / "logs.zip", paths, examination, Settings())

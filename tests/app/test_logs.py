import json
import logging

from app.logs import KEPT_LOGS, JsonLines, SharedRotatingFile, logging_to


def test_a_record_is_one_line_of_json_with_its_traceback():
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord(
            "app", logging.ERROR, "file.py", 1, "reading %s", ("it",), (type(error), error, None)
        )
    text = JsonLines().format(record)
    line = json.loads(text)

    assert "\n" not in text
    assert line["message"] == "reading it"
    assert line["level"] == "ERROR"
    assert "two\nlines" in line["traceback"]


def test_logs_are_rotated_and_the_oldest_are_dropped(tmp_path, monkeypatch):
    monkeypatch.setattr("app.logs.MAX_LOG_BYTES", 2000)
    file = tmp_path / "log" / "maskwright.jsonl"
    with logging_to(file):
        for number in range(200):
            logging.getLogger("app").info("line %d of many", number)
    logs = sorted(file.parent.iterdir())

    assert len(logs) == KEPT_LOGS + 1
    assert all(log.stat().st_size <= 2000 for log in logs)
    assert "line 199 of many" in file.read_text(encoding="utf-8")


def test_a_folder_that_refuses_a_log_is_no_reason_not_to_run(tmp_path):
    (tmp_path / "log").touch()
    with logging_to(tmp_path / "log" / "maskwright.jsonl"):
        logging.getLogger("app").info("nobody keeps it")

    assert (tmp_path / "log").read_bytes() == b""


def record(text):
    return logging.LogRecord("app", logging.INFO, "file.py", 1, text, (), None)


def test_processes_that_share_a_log_lose_nothing_by_its_rotation(tmp_path):
    file = tmp_path / "maskwright.jsonl"
    window, worker = (SharedRotatingFile(file, maxBytes=300, backupCount=9) for _ in range(2))
    window.emit(record("the window is there"))
    for number in range(30):
        worker.emit(record(f"the worker says {number}"))
    window.emit(record("the window is still there"))
    for handler in (window, worker):
        handler.close()

    assert file.read_text(encoding="utf-8").endswith("the window is still there\n")
    said = "".join(log.read_text(encoding="utf-8") for log in tmp_path.iterdir())
    assert len(said.splitlines()) == 32


def test_a_log_that_cannot_be_rotated_goes_on(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("another process has it open")

    handler = SharedRotatingFile(tmp_path / "maskwright.jsonl", maxBytes=30, backupCount=2)
    monkeypatch.setattr(handler, "rotate", refuse)
    for number in range(5):
        handler.emit(record(f"sentence number {number}"))
    handler.close()

    assert (tmp_path / "maskwright.jsonl").read_text(encoding="utf-8").count("\n") == 5

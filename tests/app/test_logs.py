import json
import logging

from app.logs import JsonLines


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

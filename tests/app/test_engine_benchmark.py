import json

import onnx
import pytest
from onnx import TensorProto, helper

import resources
from app.commands.bench_engines import BEGIN, END, table_of, write_table
from app.engine_benchmark import as_json, time_engines
from app.headless_job import ImpossibleRequestError
from inference.engines.catalog import kind_ids

ENGINE = {
    "name": "onnx-cpu",
    "title": "ONNX Runtime",
    "usable": True,
    "reason": "CPU, 2 threads: 0.25 s, the reference",
    "milliseconds": {"best": 250.0, "p50": 260.0},
    "dice": None,
    "largest_difference": None,
    "times_faster_than_onnx_runtime": 1.0,
    "times_faster_than_torch": None,
}
REPORT = {
    "date": "2026-11-21",
    "processor": "A processor",
    "cores": 2,
    "gpu": "",
    "model": "bench 1.0",
    "runs": 3,
    "versions": {"openvino": "1"},
    "networks": [{"network": "clicks", "shape": [1, 4, 16, 16, 16], "engines": [ENGINE]}],
}


@pytest.mark.slow
def test_every_engine_is_timed_and_compared_with_the_others(tmp_path):
    network = resources.path("models/abdomen_click_small/clicks.onnx")
    (one,) = as_json([time_engines(network, tmp_path, side=16, runs=2)])
    assert one["shape"] == [1, 4, 16, 16, 16]
    by_name = {engine["name"]: engine for engine in one["engines"]}
    assert set(by_name) == {*kind_ids(), "torch"}
    reference = by_name["onnx-cpu"]
    assert reference["times_faster_than_onnx_runtime"] == 1
    assert reference["milliseconds"]["best"] <= reference["milliseconds"]["p50"]
    assert all(engine["reason"] for engine in one["engines"])


@pytest.mark.slow
def test_a_network_that_plain_torch_cannot_run_is_said(tmp_path):
    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, (1, 1, 16, 16, 16))
        for name in ("input", "logits")
    ]
    node = helper.make_node("Erf", ["input"], ["logits"])
    network = tmp_path / "odd.onnx"
    model = helper.make_model(
        helper.make_graph([node], "g", *([end] for end in ends)),
        opset_imports=[helper.make_opsetid("", 18)],
        ir_version=9,
    )
    onnx.save(model, network)
    torch = time_engines(network, tmp_path / "cache", side=16, runs=1).engines[-1]
    assert torch.best_ms is None
    assert "it uses Erf" in torch.reason


def test_the_tables_go_to_their_place_on_the_page_and_the_rest_stays(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(REPORT))
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\nbefore\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    write_table(tmp_path, page)
    write_table(tmp_path, page)
    text = page.read_text()
    assert text.startswith(f"# Title\n\nbefore\n\n{BEGIN}\n\n### A processor, 2 cores\n")
    assert text.endswith(f"{END}\n\nafter\n")
    assert "old" not in text
    assert text.count("| ONNX Runtime | 250.0 | 1.0 |  |  | CPU, 2 threads: 0.25 s") == 1


def test_without_reports_or_a_place_for_them_it_says_so(tmp_path):
    page = tmp_path / "page.md"
    with pytest.raises(ImpossibleRequestError, match="no reports"):
        write_table(tmp_path, page)
    (tmp_path / "one.json").write_text(json.dumps(REPORT))
    page.write_text("# Another page\n")
    with pytest.raises(ImpossibleRequestError, match="no place"):
        write_table(tmp_path, page)
    assert page.read_text() == "# Another page\n"


@pytest.mark.parametrize(("load", "said"), [(0.4, None), (2.0, "up to 2.0 times too long")])
def test_a_table_says_what_other_programs_may_have_cost(load, said):
    table = table_of(REPORT | {"load": load, "cores": 2})
    assert ("Other programs" in table) == (said is not None)
    assert said is None or said in table

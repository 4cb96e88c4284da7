import builtins

import pytest

from imaging.errors import MaskwrightError, WriteError
from training.evaluation.figure_file import check_figure_file, write_figure
from training.evaluation.plot import dice_figure
from training.evaluation.report import EvaluationReport
from training.evaluation.simulated_user import User


@pytest.fixture
def report(result):
    results = [
        result(case, dice, user=user, structure=structure)
        for structure in ("spleen", "pancreas")
        for case, dice in (("a", (0.55, 0.8, 0.9)), ("b", (0.7, 0.85, 0.95)))
        for user in User
    ]
    return EvaluationReport("m", "1.0", "e", "bench", tuple(results), (0, 2))


def test_each_structure_has_a_panel_with_both_users_and_every_case(report):
    figure = dice_figure(report)
    assert [panel.get_title().partition(":")[0] for panel in figure.axes] == ["spleen", "pancreas"]
    for panel in figure.axes:
        labels = [text.get_text() for text in panel.get_legend().get_texts()]
        assert labels == ["exact user", "jittered user"]
        thin = [line for line in panel.lines if line.get_linewidth() < 0.7]
        assert len(thin) == 4
        assert len(panel.collections) == 2  # the bands


def test_the_thick_line_is_the_mean(report):
    (mean,) = [
        line for line in dice_figure(report).axes[0].lines if line.get_label() == "exact user"
    ]
    assert list(mean.get_xdata()) == [0, 1, 2]
    assert list(mean.get_ydata()) == pytest.approx([0.625, 0.825, 0.925])


def test_no_curve_is_cut_off(report):
    low, high = dice_figure(report).axes[0].get_ylim()
    assert low <= 0.55
    assert high == 1


def test_one_case_has_no_band(result):
    report = EvaluationReport("m", "1.0", "e", "bench", (result("a", (0.5, 0.9)),), (0, 1))
    panel = dice_figure(report).axes[0]
    assert not panel.collections
    assert panel.get_title() == "spleen: 1 case"


@pytest.mark.parametrize(("name", "start"), [("c.png", b"\x89PNG"), ("c.svg", b"<?xml")])
def test_the_ending_decides_the_format(name, start, report, tmp_path):
    write_figure(dice_figure(report), tmp_path / "new" / name)
    assert (tmp_path / "new" / name).read_bytes().startswith(start)


def test_a_format_that_is_unknown_is_refused_before_the_work(tmp_path):
    with pytest.raises(WriteError, match=r"not \.png or \.svg"):
        check_figure_file(tmp_path / "c.gif")


def test_without_matplotlib_it_is_said_what_to_install(monkeypatch, tmp_path):
    real_import = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("matplotlib"):
            raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MaskwrightError, match=r"need matplotlib.*maskwright\[training\]"):
        check_figure_file(tmp_path / "c.png")


def test_a_folder_that_cannot_be_written_to_is_one_sentence(report, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(WriteError, match="could not be written"):
        write_figure(dice_figure(report), tmp_path / "file" / "c.png")

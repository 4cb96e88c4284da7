import numpy as np
import pytest

torch = pytest.importorskip("torch")
load_file = pytest.importorskip("safetensors.torch").load_file
pytest.importorskip("monai")

from imaging.errors import ModelError  # noqa: E402 - only with torch
from inference.engines.onnx_runtime import OnnxRuntimeEngine  # noqa: E402 - only with torch
from training import click_recipe  # noqa: E402 - only with torch
from training.click_network import build_click_network  # noqa: E402 - only with torch
from training.click_recipe import ClickRecipe, ClickTrainer, click_loss  # noqa: E402 - likewise
from training.click_samples import ClickSampler  # noqa: E402 - likewise
from training.onnx_export import export_onnx  # noqa: E402 - likewise
from training.patches import TrainingCase  # noqa: E402 - likewise


@pytest.fixture
def sampler(monkeypatch):
    """Bright balls in fat; small patches keep the steps short."""
    monkeypatch.setattr(click_recipe, "PATCH_SHAPES", ((32, 32, 32), (32, 32, 48)))
    grids = np.ogrid[:40, :40, :40]
    ball = sum((g - 20) ** 2 for g in grids) < 64
    hu = np.where(ball, 100, -80).astype(np.float32)
    case = TrainingCase("ball", hu, ball.astype(np.int16), {1: "ball"}, np.full(3, 2.0))
    return ClickSampler([case], [1.0], 2.0)


@pytest.mark.slow
def test_an_interrupted_training_goes_on_from_where_it_stopped(sampler, tmp_path):
    recipe = ClickRecipe(cycles=((2, 1e-3), (1, 5e-4)), checkpoint_steps=10, warm_up_steps=1)
    stops = iter([False, False, True])
    ClickTrainer(recipe, sampler, tmp_path).run(is_cancelled=lambda: next(stops))
    before = load_file(tmp_path / "checkpoint.safetensors")
    ClickTrainer(recipe, sampler, tmp_path).run(is_cancelled=lambda: True)
    after = load_file(tmp_path / "checkpoint.safetensors")
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert int(after["step"]) == 2
    ClickTrainer(recipe, sampler, tmp_path).run()
    finished = load_file(tmp_path / "checkpoint.safetensors")
    assert int(finished["step"]) == 3
    ends = [load_file(tmp_path / f"average_{step}.safetensors") for step in (2, 3)]
    trained = load_file(tmp_path / "trained.safetensors")
    for name, value in trained.items():
        assert torch.allclose(value, (ends[0][name] + ends[1][name]) / 2)
    assert all(torch.isfinite(value).all() for value in finished.values())


def test_the_learning_rate_falls_within_a_cycle_and_starts_again_lower():
    recipe = ClickRecipe(cycles=((100, 2e-3), (50, 1e-3)), warm_up_steps=10)
    rates = [recipe.learning_rate(step) for step in range(recipe.steps)]
    assert rates[0] == pytest.approx(2e-4)
    assert max(rates[:100]) < 2e-3
    assert rates[99] < 1e-4
    assert max(rates[100:]) > 5e-4
    assert max(rates[100:]) < 1e-3
    assert rates[149] < 1e-4


def test_a_right_answer_costs_less_than_a_wrong_one():
    target = torch.zeros(1, 8, 8, 8, dtype=torch.long)
    target[:, 2:6, 2:6, 2:6] = 1
    right = torch.stack([-8.0 * (2 * target - 1), 8.0 * (2 * target - 1)], dim=1)
    inputs = torch.zeros(1, 4, 8, 8, 8)
    errors = torch.zeros(1, 8, 8, 8)
    recipe = ClickRecipe()
    assert click_loss(right, target, inputs, errors, recipe) < 0.1
    assert click_loss(-right, target, inputs, errors, recipe) > 0.1


def test_an_error_at_a_click_costs_more():
    target = torch.zeros(1, 8, 8, 8, dtype=torch.long)
    logits = torch.zeros(1, 2, 8, 8, 8)
    plain = torch.zeros(1, 4, 8, 8, 8)
    clicked = plain.clone()
    clicked[:, 3, 4, 4, 4] = 1
    errors = torch.zeros(1, 8, 8, 8)
    recipe = ClickRecipe()
    alone = click_loss(logits, target, plain, errors, recipe)
    assert click_loss(logits, target, clicked, errors, recipe) > alone
    errors[:, 2:4, 2:4, 2:4] = 1
    assert click_loss(logits, target, plain, errors, recipe) > alone


def test_a_training_by_another_recipe_is_not_gone_on_with(sampler, tmp_path):
    recipe = ClickRecipe(cycles=((1, 1e-3),), checkpoint_steps=10)
    ClickTrainer(recipe, sampler, tmp_path).run(is_cancelled=lambda: True)
    other = ClickRecipe(cycles=((1, 1e-3),), checkpoint_steps=10, click_weight=9.0)
    with pytest.raises(ModelError, match="another recipe"):
        ClickTrainer(other, sampler, tmp_path)


def test_a_training_can_start_from_weights_that_exist(sampler, tmp_path):
    recipe = ClickRecipe(cycles=((1, 1e-3),))
    first = ClickTrainer(recipe, sampler, tmp_path / "a").run(is_cancelled=lambda: True)
    other = ClickRecipe(seed=1, cycles=((1, 1e-3),))
    second = ClickTrainer(other, sampler, tmp_path / "b", start=first).run(lambda: True)
    before, after = load_file(first), load_file(second)
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.slow
def test_the_onnx_file_agrees_with_torch_on_sides_it_was_not_traced_with(tmp_path):
    torch.manual_seed(0)
    network = build_click_network().eval()
    for parameter in network.parameters():
        parameter.data = parameter.data.half().float()
    path = tmp_path / "network.onnx"
    export_onnx(network, path, (1, 4, 32, 32, 32), has_free_sides=True, metadata={"id": "x"})
    inputs = np.random.default_rng(0).random((1, 4, 48, 32, 64), np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(inputs)).numpy()
    answer = OnnxRuntimeEngine(path).run(inputs)
    assert np.abs(answer - expected).max() < 1e-3

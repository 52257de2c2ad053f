"""The training loop reduces the error, keeps the best network, can be stopped, and recovers."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import SettingsError, TrainingError
from distill_app.corpus.corpus import Corpus
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.evaluation import evaluate
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import SMALL, factor_corpus, known

CONFIG = TrainingConfig(
    epochs=20,
    architecture=SMALL,
    learning_rate=8e-3,
    mixed=0.0,
    pitch_semitones=0.0,
    stretch=0.0,
    tilt_db=0.0,
)


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return factor_corpus()


def trained(corpus: Corpus, config: TrainingConfig) -> tuple[Trainer, list[TrainingStatus]]:
    trainer = Trainer(corpus, config)
    return trainer, list(trainer.run())


@pytest.fixture(scope="module")
def whole_run(corpus: Corpus) -> tuple[Trainer, list[TrainingStatus]]:
    """A training to its end, which tests only read."""
    return trained(corpus, CONFIG)


def test_training_reduces_the_validation_error_without_collapse(
    whole_run: tuple[Trainer, list[TrainingStatus]],
) -> None:
    trainer, progress = whole_run
    record = trainer.result().record
    assert record["held_out_r2"] > 0.6
    assert record["held_out_error_db"] < 0.5 * known(progress[0].best_error_db) + 2
    assert record["active_dimensions"] >= 3
    assert (record["epochs"], progress[-1].fraction, progress[-1].remaining_seconds) == (20, 1.0, 0.0)


def test_training_keeps_the_network_with_the_lowest_validation_error(
    whole_run: tuple[Trainer, list[TrainingStatus]],
) -> None:
    trainer, progress = whole_run
    assert trainer.result().record["held_out_error_db"] == pytest.approx(
        min(known(p.error_db) for p in progress), abs=1e-3
    )
    assert all(known(b.best_error_db) <= known(a.best_error_db) for a, b in itertools.pairwise(progress))


def test_training_is_reproducible_by_seed(corpus: Corpus) -> None:
    config = replace(CONFIG, epochs=1)
    states = [trained(corpus, replace(config, seed=seed))[0].result().vae.state_dict() for seed in (3, 3, 4)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_stopped_early_it_is_a_usable_network(corpus: Corpus) -> None:
    trainer = Trainer(corpus, CONFIG)
    untrained = trainer.result().record["held_out_error_db"]
    run = trainer.run()
    for _ in range(50):
        next(run)
    run.close()  # type: ignore[attr-defined]
    result = trainer.result()
    assert result.record["held_out_error_db"] < untrained
    assert result.vae.decode(torch.zeros(1, 6)).isfinite().all()


def test_a_budget_in_minutes_is_kept(corpus: Corpus) -> None:
    ticks = iter(range(10**6))
    trainer = Trainer(corpus, TrainingConfig(minutes=1, architecture=SMALL), clock=lambda: next(ticks))
    progress = list(trainer.run())
    assert progress[-1].seconds == pytest.approx(60, abs=5)
    assert progress[0].remaining_seconds == pytest.approx(60, rel=0.2)


class Broken(Trainer):
    """Gives losses that are not finite at the steps numbered in `at`."""

    at = range(30, 32)
    calls = 0

    def _loss(self, windows: Tensor, kl_weight: float) -> Tensor:
        self.calls += 1
        loss = super()._loss(windows, kl_weight)
        return loss * math.nan if self.calls in self.at else loss


def test_a_loss_that_is_not_finite_restores_the_last_good_network(corpus: Corpus) -> None:
    trainer = Broken(corpus, replace(CONFIG, epochs=10))
    progress = list(trainer.run())
    assert trainer.result().record["held_out_error_db"] < known(progress[0].best_error_db)
    assert all(value.isfinite().all() for value in trainer.result().vae.state_dict().values())


def test_losses_that_stay_infinite_end_in_one_sentence_and_keep_the_best(corpus: Corpus) -> None:
    trainer = Broken(corpus, CONFIG)
    trainer.at = range(30, 10**6)
    with pytest.raises(TrainingError, match="not finite"):
        list(trainer.run())
    assert math.isfinite(trainer.result().record["held_out_error_db"])


def test_the_loss_is_the_elbo_in_nats_summed_over_elements(corpus: Corpus) -> None:
    """With all weights 0 the posterior is the prior and the output 0: half the sum of squares is left."""
    trainer = Trainer(corpus, replace(CONFIG, free_bits=0.0))
    for parameter in trainer._vae.parameters():
        parameter.data.zero_()
    windows = torch.full((2, 128, 128), 0.5)
    assert trainer._loss(windows, 1.0).item() == pytest.approx(0.125 * 128 * 128)


def test_free_bits_count_on_the_mean_of_the_batch(corpus: Corpus) -> None:
    """A dimension that uses no information costs the free bits, not less: six of them 6 × 0.5 nats."""
    trainer = Trainer(corpus, replace(CONFIG, free_bits=0.5))
    for parameter in trainer._vae.parameters():
        parameter.data.zero_()
    windows = torch.zeros(2, 128, 128)
    assert trainer._loss(windows, 2.0).item() == pytest.approx(2.0 * 6 * 0.5)


def test_a_heavy_beta_costs_information(corpus: Corpus) -> None:
    light, heavy = (trained(corpus, replace(CONFIG, epochs=8, beta=beta))[0].result() for beta in (0.1, 100.0))
    assert heavy.record["kl_nats"] < 0.5 * light.record["kl_nats"]


def test_evaluation_of_a_perfect_and_of_a_constant_network() -> None:
    class Perfect(torch.nn.Module):
        def encode(self, windows: Tensor) -> tuple[Tensor, Tensor]:
            self.windows = windows
            return torch.zeros(len(windows), 2), torch.zeros(len(windows), 2)

        def decode(self, latents: Tensor) -> Tensor:
            return self.windows + self.offset

        def to_prior_units(self, mean: Tensor, log_variance: Tensor) -> tuple[Tensor, Tensor]:
            return mean, log_variance

        def kl_divergence(self, mean: Tensor, log_variance: Tensor) -> Tensor:
            return torch.zeros_like(mean)

        offset: Tensor | float = 0.0

    windows, std = torch.randn(4, 128, 128), torch.full((128,), 2.0)
    network = Perfect()
    perfect = evaluate(network, windows, std)  # type: ignore[arg-type]
    assert (perfect.error_db, perfect.r2, perfect.kl_nats, perfect.active_dimensions) == (0.0, 1.0, 0.0, 0)
    network.offset = 0.5
    wrong = evaluate(network, windows, std)  # type: ignore[arg-type]
    assert wrong.error_db == pytest.approx(0.5 * 2.0 * 20 / math.log(10), rel=1e-4)
    assert wrong.r2 == pytest.approx(0.75, abs=0.02)


@pytest.mark.parametrize(
    "values", [{"minutes": -1}, {"minutes": math.nan}, {"epochs": 0}, {"seed": -1}, {"device": "x"}]
)
def test_settings_out_of_range_are_one_sentence(values: dict[str, float]) -> None:
    with pytest.raises(SettingsError):
        TrainingConfig(**values)  # type: ignore[arg-type]

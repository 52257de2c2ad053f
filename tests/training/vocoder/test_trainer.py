"""The loop reduces the loss, resumes exactly, and survives losses that are not finite."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
import torch
from torch import Tensor

from distill_app.common.errors import TrainingError
from distill_app.dsp.mel import to_mel
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.training.run.process_group import SINGLE_PROCESS
from distill_app.training.vocoder.batches import mel_and_samples, segment_samples
from distill_app.training.vocoder.checkpoint import load_checkpoint, save_checkpoint
from distill_app.training.vocoder.config import PRESETS, VocoderTrainingConfig
from distill_app.training.vocoder.recordings import Recordings
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.networks.config import HifiGanConfig
from distill_app.vocoders.networks.presets import HIFIGAN_V3_44K
from tests.training.vocoder.synthetic import ADVERSARIAL, RATE, SMALL, gathered, plucks, trainer

HIFIGAN = replace(
    SMALL,
    generator=HifiGanConfig(DISTILL_MEL, 16, (16, 16, 2), (32, 32, 4), 1, (3,), ((1, 3),)),
)
WIDE_HOP = replace(PRESETS["hifigan-v3"], generator=replace(HIFIGAN_V3_44K, channels=16), frames=4, batch=2)


def advance(training: VocoderTrainer, steps: int) -> VocoderTrainer:
    for _ in range(steps):
        training.advance()
    return training


def state(training: VocoderTrainer) -> dict[str, Tensor]:
    parts = training.checkpoint(0.0).parts
    return {f"{part}/{name}": value.clone() for part, values in parts.items() for name, value in values.items()}


def test_it_learns_one_clip(tmp_path: Path) -> None:
    """Overfitting one segment for a second: all errors fall to a third, those of the phase, too."""
    clip = plucks(segment_samples(SMALL) / RATE)
    (tmp_path / "clip").mkdir()
    soundfile.write(tmp_path / "clip" / "clip.wav", clip, RATE, subtype="FLOAT")
    training = trainer(gathered(tmp_path / "clip", tmp_path / "cache"), replace(SMALL, learning_rate=3e-3))
    first = advance(training, 10).means()
    advance(training, 90).means()
    last = advance(training, 10).means()
    assert [name for name in ("mel", "group_delay", "frequency") if last[name] > first[name] / 3] == []
    assert last["log_magnitude"] < first["log_magnitude"] / 2


@pytest.mark.parametrize("config", [SMALL, ADVERSARIAL, HIFIGAN, WIDE_HOP], ids=["alone", "gan", "hifigan", "wide hop"])
def test_resumed_it_is_bit_for_bit_as_if_never_stopped(
    recordings: Recordings, tmp_path: Path, config: VocoderTrainingConfig
) -> None:
    whole = advance(trainer(recordings, config), 7)
    save_checkpoint(advance(trainer(recordings, config), 4).checkpoint(1.0), tmp_path / "c.safetensors")
    resumed = trainer(recordings, config)
    resumed.restore(load_checkpoint(tmp_path / "c.safetensors"))
    assert resumed.step == 4
    advance(resumed, 3)
    expected, found = state(whole), state(resumed)
    assert expected.keys() == found.keys()
    assert all(torch.equal(expected[name], found[name]) for name in expected)


def test_training_is_reproducible_by_seed(recordings: Recordings) -> None:
    states = [state(advance(trainer(recordings, replace(SMALL, seed=seed)), 2)) for seed in (3, 3, 4)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])


def test_the_average_follows_the_weights_slowly(recordings: Recordings) -> None:
    training = advance(trainer(recordings, SMALL), 30)
    before = {name: value.clone() for name, value in training.average.state_dict().items()}
    current = training.checkpoint(0.0).parts["generator"]
    current = {name: value.clone() for name, value in current.items()}
    advance(training, 1)
    moved = sum(float((value - before[name]).norm()) for name, value in training.average.state_dict().items())
    stepped = sum(float((v - current[n]).norm()) for n, v in training.checkpoint(0.0).parts["generator"].items())
    assert 0 < moved < stepped * 3
    assert not any(parameter.requires_grad for parameter in training.average.parameters())


def test_discriminators_take_part_from_their_step_on(recordings: Recordings) -> None:
    training = trainer(recordings, ADVERSARIAL)
    assert "discriminator" not in advance(training, 2).means()
    figures = advance(training, 1).means()
    assert {"discriminator", "adversarial", "features", "discriminators_seconds"} <= figures.keys()


def test_a_training_without_discriminators_may_be_resumed_with_them(recordings: Recordings) -> None:
    alone = advance(trainer(recordings, SMALL), 3).checkpoint(1.0)
    resumed = trainer(recordings, ADVERSARIAL)
    resumed.restore(alone)
    assert "discriminator" in advance(resumed, 1).means()


class Broken(VocoderTrainer):
    """Gives losses that are not finite from step `at` on, `count` times."""

    at, count = 3, 2

    def _weighted(self, terms: dict[str, Tensor]) -> Tensor:
        broken = self.at <= self.step < self.at + self.count
        return super()._weighted(terms) * (math.nan if broken else 1.0)


def broken(recordings: Recordings) -> Broken:
    return Broken(SMALL, trainer(recordings, SMALL)._batches, SINGLE_PROCESS)


def test_steps_that_are_not_finite_are_left_out(recordings: Recordings) -> None:
    training = broken(recordings)
    advance(training, 3)
    before = state(training)
    advance(training, 2)
    assert all(torch.equal(before[name], value) for name, value in state(training).items())
    advance(training, 1)
    assert all(value.isfinite().all() for value in state(training).values())
    assert not all(torch.equal(before[name], value) for name, value in state(training).items())


def test_losses_that_stay_infinite_end_in_one_sentence_with_good_weights(recordings: Recordings) -> None:
    training = broken(recordings)
    training.count = 10**6
    with pytest.raises(TrainingError, match="not finite"):
        advance(training, 20)
    assert all(value.isfinite().all() for value in state(training).values())


def test_a_checkpoint_of_another_network_is_refused(recordings: Recordings) -> None:
    checkpoint = trainer(recordings, SMALL).checkpoint(0.0)
    with pytest.raises(TrainingError, match="--config"):
        trainer(recordings, HIFIGAN).restore(checkpoint)


def test_the_mel_of_a_segment_is_that_of_the_whole_sound() -> None:
    padding, hop = DISTILL_MEL.padding, DISTILL_MEL.hop
    whole = torch.from_numpy(plucks())[None]
    start = 10 * hop
    segment = whole[:, start - padding : start + 8 * hop + padding]
    mel, samples = mel_and_samples(segment, DISTILL_MEL)
    assert torch.equal(samples, whole[:, start : start + 8 * hop])
    assert torch.allclose(mel, to_mel(whole)[:, :, 10:18], atol=1e-4)


def test_the_rate_rises_and_then_halves() -> None:
    config = replace(SMALL, learning_rate=1.0, warm_up_steps=10, half_life_steps=1_000)
    assert [config.rate(step) for step in (0, 4)] == pytest.approx([0.1, 0.5], rel=1e-2)
    assert config.rate(2_000) == pytest.approx(config.rate(1_000) / 2)

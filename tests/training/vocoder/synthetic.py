"""Sounds made by formula and a training small enough for a test."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.dsp.sound import Samples
from distill_app.training.run.process_group import SINGLE_PROCESS, SingleProcess
from distill_app.training.vocoder.batches import SegmentBatches, segment_samples
from distill_app.training.vocoder.config import VocoderTrainingConfig
from distill_app.training.vocoder.recordings import Recordings, decode_recordings
from distill_app.training.vocoder.sampler import SegmentSampler
from distill_app.training.vocoder.trainer import VocoderTrainer
from distill_app.vocoders.networks.presets import TINY

RATE = 44_100
SMALL = VocoderTrainingConfig(
    TINY,
    frames=8,
    batch=2,
    learning_rate=2e-3,
    warm_up_steps=10,
    resolutions=((2048, 512), (512, 128)),
    log_steps=5,
)
ADVERSARIAL = replace(SMALL, adversarial_step=2, discriminator_width=0.03)


def plucks(seconds: float = 1.0, pitch: float = 110.0) -> Samples:
    """A tone of eight partials that dies away, struck twice a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 9))
    return (0.2 * tone * np.exp(-6 * (time % 0.5))).astype(np.float32)


def write(folder: Path, files: int = 1, seconds: float = 1.0) -> Path:
    """A folder of plucks."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        soundfile.write(folder / f"pluck {number}.wav", plucks(seconds, 110.0 * (number + 1)), RATE, subtype="FLOAT")
    return folder


def gathered(folder: Path, cache: Path, rate: int = RATE) -> Recordings:
    scan = decode_recordings([folder], rate, cache)
    while True:
        try:
            next(scan)
        except StopIteration as end:
            recordings = end.value
            assert isinstance(recordings, Recordings)
            return recordings


def trainer(
    recordings: Recordings, config: VocoderTrainingConfig, processes: SingleProcess = SINGLE_PROCESS
) -> VocoderTrainer:
    length, rank = segment_samples(config), processes.rank
    sampler = SegmentSampler(recordings.pieces, length, config.batch, config.seed, rank)
    return VocoderTrainer(config, SegmentBatches(sampler, config.generator.mel_format, processes.device), processes)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return gathered(write(tmp_path / "plucks"), tmp_path / "cache")

"""Vocoders to compare: the baseline, the installed ones of the registry, and files with trained weights."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.dsp import DISTILL_MEL, MelFormat, to_mel
from distill_app.dsp.resample import resample
from distill_app.vocoders.base import Vocoder
from distill_app.vocoders.networks.weights_file import load_generator
from distill_app.vocoders.registry import get_vocoder, vocoders
from tools.vocoder_baseline import ITERATIONS, plain_griffin_lim
from tools.vocoder_measures import RATE_HZ


@dataclass(frozen=True, eq=False)
class Candidate:
    """Vocoder to compare.

    Args:
        id: name in the figures.
        title: name in tables.
        parameters: number of trained values.
        mel_format: of its input.
        vocode: log-mel `[bands, frames]` to samples `[frames * hop]` at the format's rate.
        preview: quick version of `vocode` that answers a moving slider.
    """

    id: str
    title: str
    parameters: int
    mel_format: MelFormat
    vocode: Callable[[Tensor], Tensor]
    preview: Callable[[Tensor], Tensor]

    @torch.inference_mode()
    def copy(self, samples: Tensor) -> Tensor:
        """Copy synthesis: the sound `[n]` at 44.1 kHz, to the vocoder's mel and back to 44.1 kHz."""
        rate = self.mel_format.sample_rate
        copy_samples = self.vocode(to_mel(resample(samples, RATE_HZ, rate), self.mel_format))
        return resample(copy_samples, rate, RATE_HZ)


BASELINE = Candidate(
    f"plain-griffin-lim-{ITERATIONS}",
    f"plain Griffin-Lim {ITERATIONS}",
    0,
    DISTILL_MEL,
    plain_griffin_lim,
    plain_griffin_lim,
)


def candidates(files: list[Path]) -> Iterator[Candidate]:
    """Vocoders to compare, the baseline first. Raises VocoderError if a file holds no vocoder."""
    yield BASELINE
    for info in vocoders():
        try:
            yield _from_registry(get_vocoder(info.id))
        except VocoderError as error:
            print(f"{info.title} is left out. {error}", file=sys.stderr)
    for path in files:
        yield _from_file(path)


def _from_registry(vocoder: Vocoder) -> Candidate:
    info = vocoder.info
    return Candidate(
        info.id,
        info.title,
        info.parameters,
        info.mel_format,
        lambda mel: vocoder.mel_to_waveform(mel[None])[0, 0],
        lambda mel: vocoder.preview(mel)[0],
    )


def _from_file(path: Path) -> Candidate:
    """Network alone, without the projections of the built-in vocoder."""
    network, header = load_generator(path)
    parameters = sum(each.numel() for each in network.parameters())

    def vocode(mel: Tensor) -> Tensor:
        return network(mel[None]).reshape(-1)

    return Candidate(path.stem, path.stem, parameters, header.config.mel_format, vocode, vocode)

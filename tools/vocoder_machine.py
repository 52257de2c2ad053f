"""Speed of a vocoder on one thread, and its output for silence."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from distill_app.cli.bench import machine_load
from distill_app.dsp import to_mel
from distill_app.dsp.resample import resample
from tools.vocoder_candidates import Candidate
from tools.vocoder_measures import RATE_HZ

_WHOLE_RUNS, _BLOCK_RUNS = 5, 21
_BLOCK_FRAMES = 20
_QUIET_SECONDS = 4
_QUIET_NOISE_DB = -80.0
_LINE_FFT = 4_096
_SILENT_DB = -200.0


@dataclass(frozen=True)
class Speed:
    """Cost on one thread: medians in processor time, which other work hardly changes, and worst by the clock.

    Args:
        rtf, rtf_worst: seconds of work per second of sound, for a whole clip; of five runs.
        block_ms, block_ms_worst: milliseconds for a preview of 20 frames; of twenty-one runs.
        load: number of runnable processes, -1 if unknown.
    """

    rtf: float
    rtf_worst: float
    block_ms: float
    block_ms_worst: float
    load: float


@dataclass(frozen=True)
class Quiet:
    """RMS level and strongest spectral line in dBFS for silence and white noise at −80 dBFS; the louder one."""

    level_db: float
    line_db: float


@torch.inference_mode()
def speed(candidate: Candidate, samples: Tensor) -> Speed:
    """Speed for the whole clip `[n]`, and for 20 frames from its middle. The caller sets the number of threads."""
    rate = candidate.mel_format.sample_rate
    mel = to_mel(resample(samples, RATE_HZ, rate), candidate.mel_format)
    seconds = candidate.mel_format.samples(mel.shape[1]) / rate
    middle = mel.shape[1] // 2
    block = mel[:, middle : middle + _BLOCK_FRAMES].contiguous()
    whole = _times(lambda: candidate.vocode(mel), _WHOLE_RUNS)
    blocks = _times(lambda: candidate.preview(block), _BLOCK_RUNS)
    return Speed(
        statistics.median(whole.processor) / seconds,
        max(whole.clock) / seconds,
        statistics.median(blocks.processor) * 1_000,
        max(blocks.clock) * 1_000,
        machine_load(),
    )


@dataclass(frozen=True)
class _Times:
    """Seconds of each run."""

    processor: list[float]
    clock: list[float]


def _times(work: Callable[[], Tensor], runs: int) -> _Times:
    """Seconds of each run, after a warm-up run."""
    work()
    processor, clock = zip(*(_timed(work) for _ in range(runs)), strict=True)
    return _Times(list(processor), list(clock))


def _timed(work: Callable[[], Tensor]) -> tuple[float, float]:
    """Seconds of this thread's processor time, and by the clock."""
    started, begun = time.perf_counter(), time.thread_time()
    work()
    return time.thread_time() - begun, time.perf_counter() - started


def quiet(candidate: Candidate) -> Quiet:
    """Output level for a nearly silent mel."""
    noise = torch.randn(_QUIET_SECONDS * RATE_HZ, generator=torch.Generator().manual_seed(0))
    copies = [candidate.copy(sound) for sound in (torch.zeros_like(noise), 10 ** (_QUIET_NOISE_DB / 20) * noise)]
    return Quiet(max(map(level_db, copies)), max(map(line_db, copies)))


def level_db(samples: Tensor) -> float:
    """RMS in dBFS, of a full-scale sine −3.01."""
    return _decibels(float(samples.double().square().mean()))


def line_db(samples: Tensor) -> float:
    """Strongest line of the mean power spectrum (Hann, 4096) in dBFS; 0 for a full-scale sine on a bin."""
    window = torch.hann_window(_LINE_FFT, dtype=torch.float64)
    spectrum = torch.stft(samples.double(), _LINE_FFT, window=window, return_complex=True)
    return _decibels(float((spectrum.abs() * 2 / window.sum()).square().mean(1).max()))


def _decibels(power: float) -> float:
    return max(10 * torch.log10(torch.tensor(power, dtype=torch.float64)).item(), _SILENT_DB)

"""Selects the runtime of a network on the CPU: the user's choice, else the one measured to be faster.

"auto" times ONNX Runtime for live vocoders only, with a preview of 20 frames. Other vocoders compute long chunks, for
which optimized torch networks are about as fast, and a trial would take many seconds.
"""

import hashlib
import json
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from distill_app.common.json_cache import load, save
from distill_app.common.paths import cache_folder
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.inference import optimize_for_inference
from distill_app.vocoders.networks import GeneratorConfig
from distill_app.vocoders.onnx.session import OnnxNetwork, onnx_available, onnx_version
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.runtime.devices import CPU, Network, choose_device
from distill_app.vocoders.runtime.thread_tuning import cpu_count, fastest_threads, torch_threads

_PREVIEW_FRAMES, _SLOW_TRIAL_FRAMES = 20, 2
_LOG_MEL = -4.0  # typical log-mel of music
_WORTHWHILE = 0.9  # of torch's time: a smaller gain would vary between measurements
_RUNS_MIN, _RUNS_MAX, _TRIAL_SECONDS = 3, 7, 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RuntimeTiming:
    """Seconds that each runtime takes for the same block. Raises ValueError where one is not positive and finite."""

    torch: float
    onnx: float

    def __post_init__(self) -> None:
        if not all(0 < seconds < math.inf for seconds in (self.torch, self.onnx)):
            raise ValueError("a timing is a positive number of seconds")

    @property
    def faster(self) -> Literal["torch", "onnx"]:
        """Runtime to use: torch, unless ONNX Runtime is clearly faster."""
        return "onnx" if self.onnx < _WORTHWHILE * self.torch else "torch"


def select_runtime(network: nn.Module, config: GeneratorConfig, info: VocoderInfo, compute: ComputeConfig) -> Network:
    """Fastest form of a network on the chosen device.

    Raises VocoderError where the device does not exist, or ONNX Runtime is chosen and not installed.
    """
    if compute.runtime == "onnx":
        return OnnxNetwork.from_network(network, _threads(optimize_for_inference(network), info))
    if choose_device(compute.device) != CPU:
        return network
    optimized = optimize_for_inference(network)
    if compute.runtime == "auto" and info.live and onnx_available():
        return _faster_runtime(optimized, network, config, info)
    return optimized


def _faster_runtime(optimized: Network, network: nn.Module, config: GeneratorConfig, info: VocoderInfo) -> Network:
    """Faster of torch and ONNX Runtime, by a saved timing or a new one."""
    key, threads = _timing_key(config), _threads(optimized, info)
    timing = read_timings().get(key)
    if timing is not None and timing.faster == "torch":
        return optimized
    onnx = OnnxNetwork.from_network(network, threads)
    if timing is None:
        timing = time_runtimes(optimized, onnx, _mel(info, _PREVIEW_FRAMES), threads)
        _log.info("20 frames of %s: torch %.4f s, ONNX Runtime %.4f s", info.id, timing.torch, timing.onnx)
        save_timing(key, timing)
    return onnx if timing.faster == "onnx" else optimized


@torch.inference_mode()
def time_runtimes(optimized: Network, onnx: Network, mel: Tensor, threads: int) -> RuntimeTiming:
    """Shortest times of both networks, which take turns."""
    both = (optimized, onnx)
    with torch_threads(threads):
        first = sum(_seconds(each, mel) for each in both)  # slower than later runs
        runs = max(_RUNS_MIN, min(_RUNS_MAX, int(_TRIAL_SECONDS / first)))
        seconds = [[_seconds(each, mel) for each in both] for _ in range(runs)]
    return RuntimeTiming(*map(min, zip(*seconds, strict=True)))


def _seconds(network: Network, mel: Tensor) -> float:
    started = time.perf_counter()
    network(mel)
    return time.perf_counter() - started


@torch.inference_mode()
def _threads(optimized: Network, info: VocoderInfo) -> int:
    """Fastest number of torch threads, used for both runtimes; a live vocoder leaves half of the cores free."""
    mel = _mel(info, _PREVIEW_FRAMES if info.live else _SLOW_TRIAL_FRAMES)
    return fastest_threads(lambda: optimized(mel), cpu_count() // 2 if info.live else cpu_count())


def _mel(info: VocoderInfo, frames: int) -> Tensor:
    return torch.full((1, info.mel_format.bands, frames), _LOG_MEL)


def _timing_key(config: GeneratorConfig) -> str:
    """Key of a timing: network, versions of both runtimes, number of cores."""
    config_hash = hashlib.sha256(json.dumps(config.to_dict()).encode()).hexdigest()[:16]
    return "/".join([config.family, config_hash, torch.__version__, onnx_version(), str(cpu_count())])


def timings_file() -> Path:
    return cache_folder() / "runtimes.json"


def read_timings() -> Mapping[str, RuntimeTiming]:
    """Saved timings by key; none where the file is missing or damaged."""
    return load(timings_file(), _parse_timings, {})


def _parse_timings(values: Any) -> Mapping[str, RuntimeTiming]:
    """Raises ValueError, TypeError or AttributeError where the values are invalid."""
    return {name: RuntimeTiming(**each) for name, each in values.items()}


def save_timing(key: str, timing: RuntimeTiming) -> None:
    """Save a timing; a failure is only logged."""
    timings = {**read_timings(), key: timing}
    save(timings_file(), {each: asdict(timings[each]) for each in timings})

"""Which runtime computes a network on the processor: the person's choice, else what was measured to be faster here.

"auto" tries ONNX Runtime where a vocoder answers the hand, with a block as a moving hand asks for. All others are
computed in long pieces, where torch's inference forms differ little from it, and to try them would take many seconds.
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

_BLOCK_FRAMES, _LONG_TRIAL_FRAMES = 20, 2
_LOG_MEL = -4.0  # roughly where log-mels of music lie
_PAYS = 0.9  # of torch's time: less of a gain would turn round from one measurement to the next
_TIMES_LEAST, _TIMES, _ENOUGH_SECONDS = 3, 7, 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RuntimeTiming:
    """Seconds that either runtime takes for the same block."""

    torch: float
    onnx: float

    def __post_init__(self) -> None:
        if not all(0 < seconds < math.inf for seconds in (self.torch, self.onnx)):
            raise ValueError("a measurement is a number of seconds")

    @property
    def faster(self) -> Literal["torch", "onnx"]:
        """torch, unless the other one is clearly faster."""
        return "onnx" if self.onnx < _PAYS * self.torch else "torch"


def select_runtime(network: nn.Module, config: GeneratorConfig, info: VocoderInfo, compute: ComputeConfig) -> Network:
    """The network as it is computed soonest where `compute` says.

    Raises VocoderError where the device is not there, and where ONNX Runtime is asked for and is not.
    """
    if compute.runtime == "onnx":
        return OnnxNetwork.of(network, _threads(optimize_for_inference(network), info))
    if choose_device(compute.device) != CPU:
        return network
    form = optimize_for_inference(network)
    if compute.runtime == "auto" and info.live and onnx_available():
        return _faster_of(form, network, config, info)
    return form


def _faster_of(form: Network, network: nn.Module, config: GeneratorConfig, info: VocoderInfo) -> Network:
    """By what is remembered of such a network, else by measuring."""
    name, threads = _name(config), _threads(form, info)
    known = read_timings().get(name)
    if known is not None and known.faster == "torch":
        return form
    rival = OnnxNetwork.of(network, threads)
    if known is None:
        known = time_runtimes(form, rival, _mel(info, _BLOCK_FRAMES), threads)
        _log.info("20 frames of %s: torch %.4f s, ONNX Runtime %.4f s", info.id, known.torch, known.onnx)
        save_timing(name, known)
    return rival if known.faster == "onnx" else form


@torch.inference_mode()
def time_runtimes(form: Network, rival: Network, mel: Tensor, threads: int) -> RuntimeTiming:
    """The least that either takes, of several times one after the other, beside all else that runs now."""
    both = (form, rival)
    with torch_threads(threads):
        first = sum(_seconds(each, mel) for each in both)  # slower than the others
        times = max(_TIMES_LEAST, min(_TIMES, int(_ENOUGH_SECONDS / first)))
        taken = [[_seconds(each, mel) for each in both] for _ in range(times)]
    return RuntimeTiming(*map(min, zip(*taken, strict=True)))


def _seconds(network: Network, mel: Tensor) -> float:
    begun = time.perf_counter()
    network(mel)
    return time.perf_counter() - begun


@torch.inference_mode()
def _threads(form: Network, info: VocoderInfo) -> int:
    """torch's choice serves both. A vocoder that answers the hand leaves half of the processors to everything else."""
    mel = _mel(info, _BLOCK_FRAMES if info.live else _LONG_TRIAL_FRAMES)
    return fastest_threads(lambda: form(mel), cpu_count() // 2 if info.live else cpu_count())


def _mel(info: VocoderInfo, frames: int) -> Tensor:
    return torch.full((1, info.mel_format.bands, frames), _LOG_MEL)


def _name(config: GeneratorConfig) -> str:
    """What a measurement holds for: a network of these sizes, both runtimes as they are, this many processors."""
    made_of = hashlib.sha256(json.dumps(config.to_dict()).encode()).hexdigest()[:16]
    return "/".join([config.family, made_of, torch.__version__, onnx_version(), str(cpu_count())])


def timings_file() -> Path:
    return cache_folder() / "runtimes.json"


def read_timings() -> Mapping[str, RuntimeTiming]:
    """What is remembered, by network; nothing where the file is missing or damaged."""
    return load(timings_file(), _parsed, {})


def _parsed(values: Any) -> Mapping[str, RuntimeTiming]:
    """Raises ValueError, TypeError or AttributeError."""
    return {name: RuntimeTiming(**each) for name, each in values.items()}


def save_timing(name: str, found: RuntimeTiming) -> None:
    """A failure is logged: it is a convenience."""
    known = {**read_timings(), name: found}
    save(timings_file(), {each: asdict(known[each]) for each in known})

"""Compares runtimes of a vocoder's network: torch as written, torch's inference form, ONNX Runtime.

`python -m tools.bench_onnx [--threads 1 2] [--only NAME …] [--times 9]`

Weights are random. The three take turns, so that a busy machine slows all of them alike; figures are medians of
processor time. Inputs are 20 frames, as for a moving slider, and a second of sound, as in a render. The table goes to
standard output, the same figures as JSON to build/bench/bench-onnx.json.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from distill_app.common.omp_env import set_passive_omp_wait

set_passive_omp_wait()

import torch  # noqa: E402 - after the line above
from torch import Tensor, nn  # noqa: E402

from distill_app.vocoders.inference import optimize_for_inference  # noqa: E402
from distill_app.vocoders.networks import GeneratorConfig, build_generator  # noqa: E402
from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K, GENERATORS, HIFIGAN_V2_44K, PUBLISHED  # noqa: E402
from distill_app.vocoders.onnx.session import OnnxNetwork  # noqa: E402
from distill_app.vocoders.runtime.devices import Network  # noqa: E402

NETWORKS: Mapping[str, GeneratorConfig] = {
    "HiFi-GAN V2, 44.1 kHz": HIFIGAN_V2_44K,
    "HiFi-GAN V3, 22 kHz": PUBLISHED["hifigan-v3-22k"],
    "HiFi-GAN V1, 22 kHz": PUBLISHED["hifigan-v1-22k"],
    "Vocos, 24 kHz": PUBLISHED["vocos-24k"],
    "Distill's own 256x6, 44.1 kHz": GENERATORS["256x6"],
    "BigVGAN, 512 channels, 44.1 kHz": replace(BIGVGAN_V2_44K, channels=512),
}
OUT = Path("build/bench/bench-onnx.json")
_BLOCK_FRAMES = 20
_LOG_MEL, _SPREAD = -4.0, 2.0


@dataclass(frozen=True)
class Row:
    """Milliseconds of processor time for one mel.

    Args:
        network: name.
        threads: of the computation.
        frames: length of the mel.
        eager, form, onnx: torch as written, its inference form, ONNX Runtime.
        difference: largest difference of ONNX Runtime to torch, relative to the peak.
    """

    network: str
    threads: int
    frames: int
    eager: float
    form: float
    onnx: float
    difference: float


def random_network(config: GeneratorConfig) -> nn.Module:
    """Network with random weights that keep the level of a signal."""
    torch.manual_seed(0)
    network = build_generator(config).eval().requires_grad_(False)
    for parameter in network.parameters():
        if parameter.ndim > 1:
            nn.init.kaiming_uniform_(parameter, a=5**0.5)
    return network


@torch.inference_mode()
def compare(name: str, config: GeneratorConfig, threads: int, times: int) -> Iterator[Row]:
    torch.set_num_threads(threads)
    network = random_network(config)
    form = optimize_for_inference(random_network(config))
    networks: dict[str, Network] = {"eager": network, "form": form, "onnx": OnnxNetwork.from_network(network, threads)}
    for frames in (_BLOCK_FRAMES, round(config.mel_format.sample_rate / config.mel_format.hop)):
        mel = _LOG_MEL + _SPREAD * torch.randn(1, config.mel_format.bands, frames)
        wanted, found = network(mel), networks["onnx"](mel)
        difference = float((found - wanted).abs().max() / wanted.abs().max())
        yield Row(name, threads, frames, **_milliseconds(networks, mel, times), difference=difference)


def _milliseconds(networks: Mapping[str, Network], mel: Tensor, times: int) -> dict[str, float]:
    """Median milliseconds of each, after a warm-up run."""
    taken: dict[str, list[float]] = {each: [] for each in networks}
    for _ in range(times + 1):
        for each, run in networks.items():
            begun = time.process_time()
            run(mel)
            taken[each].append(1e3 * (time.process_time() - begun))
    return {each: median(values[1:]) for each, values in taken.items()}


def table(rows: list[Row]) -> str:
    columns = ("network", "threads", "frames", "torch, ms", "inference form, ms", "ONNX Runtime, ms")
    cells = [(*columns, "torch / ONNX", "form / ONNX"), ("---",) * 8, *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    took = [f"{milliseconds:.1f}" for milliseconds in (row.eager, row.form, row.onnx)]
    ratios = [f"{milliseconds / row.onnx:.2f}" for milliseconds in (row.eager, row.form)]
    return row.network, str(row.threads), str(row.frames), *took, *ratios


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--only", nargs="+", choices=list(NETWORKS), default=list(NETWORKS), metavar="NAME")
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    rows: list[Row] = []
    for name in options.only:
        for threads in options.threads:
            rows += compare(name, NETWORKS[name], threads, options.times)
            print(f"{name}, {threads} threads", file=sys.stderr, flush=True)
    print(table(rows))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps([asdict(row) for row in rows], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())

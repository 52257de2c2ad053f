"""Times the app's versions of published networks against the packages on PyPI.

`make bench-networks`, or `python -m tools.bench_networks [--only NAME …] [--threads N]`; `make bench` includes it

    bigvgan   BigVGAN v2 44 kHz at full size, a second of sound: the package's forward, the app's form
    memory    ten seconds, in separate processes: the package's forward, the app's vocoder in chunks
    hifigan   HiFi-GAN V2 at 44.1 kHz, a second of sound: torch as written, the app's form, ONNX Runtime
    vocos     Vocos 24 kHz, 20 frames as for a preview: the package's decode, the app's network, ONNX Runtime

All versions have the same random weights. They take turns, so that a busy machine slows all of them alike. Figures are
medians of processor time. Figures go to build/bench/bench-networks.json.
"""

import argparse
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from distill_app.common.omp_env import set_passive_omp_wait

set_passive_omp_wait()

import torch  # noqa: E402 - after the line above
from torch import Tensor, nn  # noqa: E402

from distill_app.cli.bench import Figures, machine_load, write_figures  # noqa: E402
from distill_app.cli.report import note, table  # noqa: E402
from distill_app.vocoders.inference import optimize_for_inference  # noqa: E402
from distill_app.vocoders.networks import GeneratorConfig, build_generator  # noqa: E402
from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K, HIFIGAN_V2_44K, VOCOS_24K  # noqa: E402
from distill_app.vocoders.onnx.session import OnnxNetwork  # noqa: E402
from tools import network_baselines, network_memory  # noqa: E402

OUT = Path(__file__).resolve().parent.parent / "build" / "bench" / "bench-networks.json"
_BLOCK_FRAMES = 20
_LOG_MEL, _SPREAD = -4.0, 2.0

Network = Callable[[Tensor], Tensor]


def main() -> None:
    options = _options()
    torch.set_num_threads(options.threads)
    figures: Figures = {"machine.cores": float(os.cpu_count() or 0), "machine.load_before": machine_load()}
    figures["machine.threads"] = float(options.threads)
    for name in options.only or BENCHES:
        note(f"{name} …")
        figures |= {f"{name}.{what}": value for what, value in BENCHES[name](options.threads).items()}
    figures["machine.load_after"] = machine_load()
    print(table([(name, f"{value:.4g}" if isinstance(value, float) else value) for name, value in figures.items()]))
    write_figures(OUT, figures)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=BENCHES, help="one part; repeat for several")
    parser.add_argument("--threads", type=int, default=1, help="threads of each network (1)")
    return parser.parse_args()


@torch.inference_mode()
def bigvgan(_: int) -> Figures:
    torch.manual_seed(0)
    network, forward = network_baselines.bigvgan(BIGVGAN_V2_44K)
    networks: dict[str, Network] = {
        "package": forward,
        "form": optimize_for_inference(copy_network(BIGVGAN_V2_44K, network)),
    }
    return compare_speed(networks, random_mel(BIGVGAN_V2_44K, 86), times=5) | {"parameters": parameter_count(network)}


def memory(threads: int) -> Figures:
    return network_memory.compare(threads)


@torch.inference_mode()
def hifigan(threads: int) -> Figures:
    torch.manual_seed(0)
    network = build_generator(HIFIGAN_V2_44K).eval().requires_grad_(False)
    form = optimize_for_inference(copy_network(HIFIGAN_V2_44K, network))
    networks: dict[str, Network] = {"eager": network, "form": form, "onnx": OnnxNetwork.from_network(network, threads)}
    return compare_speed(networks, random_mel(HIFIGAN_V2_44K, 86), times=25) | {"parameters": parameter_count(network)}


@torch.inference_mode()
def vocos(threads: int) -> Figures:
    torch.manual_seed(0)
    network, decode = network_baselines.vocos(VOCOS_24K)
    copy = copy_network(VOCOS_24K, network)
    networks: dict[str, Network] = {
        "package": decode,
        "onnx": OnnxNetwork.from_network(copy, threads),
        "form": optimize_for_inference(copy),
    }
    return compare_speed(networks, random_mel(VOCOS_24K, _BLOCK_FRAMES), times=101) | {
        "parameters": parameter_count(network)
    }


BENCHES: Mapping[str, Callable[[int], Figures]] = {
    "hifigan": hifigan,
    "vocos": vocos,
    "bigvgan": bigvgan,
    "memory": memory,
}


def copy_network(config: GeneratorConfig, network: nn.Module) -> nn.Module:
    """Network of the app with the weights of another. Raises RuntimeError if their parameters differ."""
    copy = build_generator(config).eval().requires_grad_(False)
    copy.load_state_dict(network.state_dict())
    return copy


def parameter_count(network: nn.Module) -> float:
    return float(sum(each.numel() for each in network.parameters()))


def random_mel(config: GeneratorConfig, frames: int) -> Tensor:
    """Random log-mel `[1, bands, frames]`, about as loud as music."""
    return _LOG_MEL + _SPREAD * torch.randn(1, config.mel_format.bands, frames)


def compare_speed(networks: Mapping[str, Network], mel: Tensor, times: int) -> Figures:
    """Median processor seconds of each, and speed-up and difference of the others against the first."""
    first, *others = networks
    wanted = networks[first](mel)
    figures: Figures = {
        f"{name}_difference": relative_difference(networks[name](mel), wanted.flatten(0, -2)) for name in others
    }
    taken: dict[str, list[float]] = {name: [] for name in networks}
    for _ in range(times):
        for name, network in networks.items():
            begun = time.process_time()
            network(mel)
            taken[name].append(time.process_time() - begun)
    seconds = {name: median(each) for name, each in taken.items()}
    figures |= {f"{name}_s": value for name, value in seconds.items()}
    return figures | {f"{name}_times_as_fast": seconds[first] / seconds[name] for name in others}


def relative_difference(found: Tensor, wanted: Tensor) -> float:
    """Largest difference relative to the peak."""
    return float((found - wanted).abs().max() / wanted.abs().max())


if __name__ == "__main__":
    main()

"""RAM for ten seconds of BigVGAN: the package's forward against the app's vocoder.

Each runs in a separate process. Memory is counted from before the network is built, and its peak from when the network
is ready. Linux only: other systems cannot reset the peak.
"""

import ctypes
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.cli.bench import Figures

if TYPE_CHECKING:
    from torch import Tensor

    Network = Callable[[Tensor], Tensor]

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_SECONDS = 10
_RESET_PEAK = "5"


@dataclass(frozen=True)
class Use:
    """Megabytes and processor seconds of one process.

    Args:
        network: memory of the network when it is ready.
        peak: peak while it renders, above that.
        seconds: time to render.
        samples: number of samples rendered.
    """

    network: float
    peak: float
    seconds: float
    samples: int


def compare(threads: int) -> Figures:
    """Figures of both; empty if the system cannot measure them."""
    if not _CLEAR.exists():
        return {}
    package, app = (_run_in_process(name, threads) for name in ("package", "app"))
    if package.samples != app.samples:
        raise RuntimeError("the two sounds are of different lengths")
    figures: Figures = {}
    for name, use in (("package", package), ("app", app)):
        figures |= {f"{name}_network_mb": use.network, f"{name}_peak_mb": use.peak, f"{name}_s": use.seconds}
    return figures | {
        "app_share": app.peak / package.peak,
        "app_share_with_network": (app.network + app.peak) / (package.network + package.peak),
        "app_times_as_fast": package.seconds / app.seconds,
    }


def _run_in_process(name: str, threads: int) -> Use:
    command = [sys.executable, "-m", "tools.network_memory", name, str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return Use(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    import torch

    name, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    print(json.dumps(asdict(_measure(name))))


def _measure(name: str) -> Use:
    import torch

    from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K as CONFIG

    builders = {"package": _package, "app": _app}[name]
    before = _megabytes("VmRSS")
    forward = builders()
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # memory freed after building is not the network's
    ready = _megabytes("VmRSS")
    mel = torch.randn(1, CONFIG.mel_format.bands, _SECONDS * CONFIG.mel_format.sample_rate // CONFIG.mel_format.hop)
    reset_peak()
    begun = time.process_time()
    with torch.inference_mode():
        samples = forward(mel).numel()
    seconds = time.process_time() - begun
    return Use(ready - before, _megabytes("VmHWM") - ready, seconds, samples)


def reset_peak() -> None:
    """Makes the present memory of this process its peak; nothing happens where the system cannot."""
    if _CLEAR.exists():
        _CLEAR.write_text(_RESET_PEAK)


def _package() -> "Network":
    from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K
    from tools.network_baselines import bigvgan

    return bigvgan(BIGVGAN_V2_44K)[1]


def _app() -> "Network":
    """Renders with the threads of the package, not those that the app would choose."""
    import torch

    from distill_app.vocoders.base import VocoderInfo
    from distill_app.vocoders.inference import optimize_for_inference
    from distill_app.vocoders.network_vocoder import NetworkVocoder
    from distill_app.vocoders.networks import build_generator
    from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K as CONFIG
    from distill_app.vocoders.runtime.thread_tuning import torch_threads

    threads, form = (
        torch.get_num_threads(),
        optimize_for_inference(build_generator(CONFIG).eval().requires_grad_(False)),
    )

    def network(mel: "Tensor") -> "Tensor":
        with torch_threads(threads):
            return form(mel)

    info = VocoderInfo("bigvgan", "BigVGAN", "For the bench.", CONFIG.mel_format, 0, "MIT", live=False)
    return NetworkVocoder(info, network, CONFIG.context_frames).mel_to_waveform


def _megabytes(what: str) -> float:
    """Value of a line of /proc/self/status."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

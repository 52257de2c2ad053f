"""RAM that ten seconds of BigVGAN take: the package's forward, and the app's vocoder.

Each runs in a process of its own. Its peak is counted from what the process holds before it makes the network, and from
what it holds when the network is ready. Linux only: no other system tells a peak anew.
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
        network: that the network took when it was ready.
        peak: of the sound, above that.
        seconds: of the sound.
        samples: that it has.
    """

    network: float
    peak: float
    seconds: float
    samples: int


def compare(threads: int) -> Figures:
    """Nothing where the system does not tell."""
    if not _CLEAR.exists():
        return {}
    package, app = (_in_a_process(name, threads) for name in ("package", "app"))
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


def _in_a_process(name: str, threads: int) -> Use:
    command = [sys.executable, "-m", "tools.network_memory", name, str(threads)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
    return Use(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    import torch

    name, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    print(json.dumps(asdict(_measured(name))))


def _measured(name: str) -> Use:
    import torch

    from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K as CONFIG

    made = {"package": _package, "app": _app}[name]
    before = _megabytes("VmRSS")
    forward = made()
    ctypes.CDLL("libc.so.6").malloc_trim(0)  # what making it took and gave back is not the network's
    ready = _megabytes("VmRSS")
    mel = torch.randn(1, CONFIG.mel_format.bands, _SECONDS * CONFIG.mel_format.sample_rate // CONFIG.mel_format.hop)
    _CLEAR.write_text(_RESET_PEAK)
    begun = time.process_time()
    with torch.inference_mode():
        samples = forward(mel).numel()
    seconds = time.process_time() - begun
    return Use(ready - before, _megabytes("VmHWM") - ready, seconds, samples)


def _package() -> "Network":
    from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K
    from tools.network_baselines import bigvgan

    return bigvgan(BIGVGAN_V2_44K)[1]


def _app() -> "Network":
    """With as many threads as the package, not as many as the app would choose."""
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
    """A line of what Linux knows of this process."""
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) / 1024


if __name__ == "__main__":
    main()

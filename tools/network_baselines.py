"""Baselines for the app's networks: the packages "bigvgan" and "vocos" from PyPI. The app does not use them.

They lie in build/baselines without their dependencies. Modules that they import for training, plotting and audio codecs
are replaced by mocks.
"""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from unittest.mock import MagicMock

from torch import Tensor, nn

from distill_app.vocoders.networks.config import BigVganConfig, VocosConfig

FOLDER = Path(__file__).resolve().parent.parent / "build" / "baselines"
_NOT_NEEDED = ("matplotlib", "matplotlib.pylab", "librosa", "librosa.util", "librosa.filters", "encodec")
_ALPHA_STD = 0.3


def bigvgan(config: BigVganConfig) -> tuple[nn.Module, Callable[[Tensor], Tensor]]:
    """BigVGAN of the package with random weights and without weight norm, and its forward: samples `[batch, 1, n]`."""
    _make_importable()
    from bigvgan.bigvgan import BigVGAN
    from bigvgan.env import AttrDict

    network = BigVGAN(AttrDict(_hyperparameters(config)))
    network.remove_weight_norm()
    network.eval().requires_grad_(False)
    for name, parameter in network.named_parameters():
        if name.endswith((".alpha", ".beta")):
            nn.init.normal_(parameter, std=_ALPHA_STD)
    return network, network


def vocos(config: VocosConfig) -> tuple[nn.Module, Callable[[Tensor], Tensor]]:
    """Vocos of the package with random weights, and its `decode`: samples `[batch, n]`."""
    _make_importable()
    from vocos.heads import ISTFTHead
    from vocos.models import VocosBackbone
    from vocos.pretrained import Vocos

    mel = config.mel_format
    head = ISTFTHead(config.channels, mel.n_fft, mel.hop, "center" if mel.centred else "same")
    backbone = VocosBackbone(mel.bands, config.channels, config.hidden, config.blocks)
    network = Vocos(nn.Identity(), backbone, head).eval().requires_grad_(False)
    return network, network.decode


def _make_importable() -> None:
    """Raises FileNotFoundError if the packages are not installed."""
    if not FOLDER.is_dir():
        raise FileNotFoundError(f"{FOLDER} is missing; run `make bench-networks`")
    warnings.simplefilter("ignore")  # of the packages
    sys.path.append(str(FOLDER))
    for name in _NOT_NEEDED:
        sys.modules.setdefault(name, MagicMock())


def _hyperparameters(config: BigVganConfig) -> dict[str, object]:
    return {
        "num_mels": config.mel_format.bands,
        "upsample_initial_channel": config.channels,
        "upsample_rates": config.rates,
        "upsample_kernel_sizes": config.rate_kernels,
        "resblock": str(config.resblock),
        "resblock_kernel_sizes": config.resblock_kernels,
        "resblock_dilation_sizes": config.resblock_dilations,
        "activation": config.activation,
        "snake_logscale": config.log_scale,
        "use_tanh_at_final": config.tanh,
        "use_bias_at_final": config.bias,
    }

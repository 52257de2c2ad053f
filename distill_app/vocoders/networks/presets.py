"""Named networks: Distill's, and those with published weights. No torch."""

from collections.abc import Mapping
from dataclasses import replace

from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.vocoders.networks.config import (
    BigVganConfig,
    ConvNextConfig,
    GeneratorConfig,
    HifiGanConfig,
    VocosConfig,
)

_DILATIONS = ((1, 3, 5),) * 3
_MEL_22K = MelFormat(22_050, 1_024, 256, 1_024, 80, high_hz=8_000.0)
_MEL_24K = MelFormat(24_000, 1_024, 256, 1_024, 100)
_VOCOS_24K = replace(_MEL_24K, floor=1e-7, scale="htk", centred=True, power_floor=0.0)


def _bigvgan(mel_format: MelFormat, rates: tuple[int, ...], tanh: bool) -> BigVganConfig:
    """BigVGAN (Lee et al. 2023); v2 has no final tanh and no final bias."""
    kernels = tuple(2 * rate for rate in rates)
    return BigVganConfig(
        mel_format, 1_536, rates, kernels, 1, (3, 7, 11), _DILATIONS, "snakebeta", log_scale=True, tanh=tanh, bias=tanh
    )


HIFIGAN_V1_22K = HifiGanConfig(_MEL_22K, 512, (8, 8, 2, 2), (16, 16, 4, 4), 1, (3, 7, 11), _DILATIONS)
HIFIGAN_V2_22K = replace(HIFIGAN_V1_22K, channels=128)
HIFIGAN_V3_22K = HifiGanConfig(_MEL_22K, 256, (8, 8, 4), (16, 16, 8), 2, (3, 5, 7), ((1, 2), (2, 6), (3, 12)))
BIGVGAN_V1_24K = _bigvgan(_MEL_24K, (4, 4, 2, 2, 2, 2), tanh=True)
BIGVGAN_V2_24K = _bigvgan(_MEL_24K, (4, 4, 2, 2, 2, 2), tanh=False)
BIGVGAN_V2_44K = _bigvgan(DISTILL_MEL, (8, 4, 2, 2, 2, 2), tanh=False)
VOCOS_24K = VocosConfig(_VOCOS_24K, 512, 8, hidden=1_536)

PUBLISHED: Mapping[str, GeneratorConfig] = {
    "hifigan-v1-22k": HIFIGAN_V1_22K,
    "hifigan-v2-22k": HIFIGAN_V2_22K,
    "hifigan-v3-22k": HIFIGAN_V3_22K,
    "bigvgan-v1-24k": BIGVGAN_V1_24K,
    "bigvgan-v2-24k": BIGVGAN_V2_24K,
    "bigvgan-v2-44k": BIGVGAN_V2_44K,
    "vocos-24k": VOCOS_24K,
}
"""Networks as their authors publish them; `published.loader` reads their weights."""

TINY = ConvNextConfig(DISTILL_MEL, 32, 2)
HIFIGAN_V2_44K = replace(HIFIGAN_V2_22K, mel_format=DISTILL_MEL, rates=(8, 8, 4, 2), rate_kernels=(16, 16, 8, 4))
HIFIGAN_V3_44K = replace(
    HIFIGAN_V3_22K, mel_format=replace(DISTILL_MEL, hop=1_024), rates=(8, 8, 8, 2), rate_kernels=(16, 16, 16, 4)
)

GENERATORS: Mapping[str, GeneratorConfig] = {
    "tiny": TINY,
    "256x6": ConvNextConfig(DISTILL_MEL, 256, 6),
    "384x8": ConvNextConfig(DISTILL_MEL, 384, 8),
    "512x8": ConvNextConfig(DISTILL_MEL, 512, 8),
    "hifigan-v2": HIFIGAN_V2_44K,
    "hifigan-v3": HIFIGAN_V3_44K,
}
"""Networks that can be trained, at 44.1 kHz; HiFi-GAN (Kong et al. 2020) with rates that fit the hop."""

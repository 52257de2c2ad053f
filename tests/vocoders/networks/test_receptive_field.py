"""The receptive field of each network is exactly its `context_frames`."""

from dataclasses import replace

import pytest
import torch

from distill_app.vocoders.networks import GeneratorConfig, build_generator
from distill_app.vocoders.networks.presets import (
    BIGVGAN_V1_24K,
    BIGVGAN_V2_44K,
    HIFIGAN_V1_22K,
    HIFIGAN_V2_44K,
    HIFIGAN_V3_22K,
    HIFIGAN_V3_44K,
    PUBLISHED,
    TINY,
    VOCOS_24K,
)

NARROW_VOCOS = replace(VOCOS_24K, channels=8, hidden=16, blocks=3)
NETWORKS = {
    "convnext": replace(TINY, channels=8),
    "vocos": NARROW_VOCOS,
    "vocos-same": replace(NARROW_VOCOS, mel_format=replace(VOCOS_24K.mel_format, centred=False)),
    "hifigan-v1": replace(HIFIGAN_V1_22K, channels=16),
    "hifigan-v3": replace(HIFIGAN_V3_22K, channels=8),
    "hifigan-v2-44k": replace(HIFIGAN_V2_44K, channels=16),
    "hifigan-v3-44k": replace(HIFIGAN_V3_44K, channels=16),
    "bigvgan-v1": replace(BIGVGAN_V1_24K, channels=64),
    "bigvgan-v2": replace(BIGVGAN_V2_44K, channels=64),
    "bigvgan-2": replace(BIGVGAN_V2_44K, channels=64, resblock=2),
}


def network(config: GeneratorConfig) -> torch.nn.Module:
    """Network in double precision with weights so large that no gradient vanishes."""
    torch.manual_seed(0)
    generator = build_generator(config).double()
    for parameter in generator.parameters():
        parameter.data.copy_(0.1 * torch.randn_like(parameter))
    return generator


@pytest.mark.parametrize("config", NETWORKS.values(), ids=NETWORKS)
def test_a_frame_depends_on_its_context_and_on_nothing_else(config: GeneratorConfig) -> None:
    """The gradient of one frame's samples is exactly 0 outside the context, and not inside."""
    context, hop = config.context_frames, config.mel_format.hop
    middle = context + 4
    mel = torch.randn(1, config.mel_format.bands, 2 * middle + 1, dtype=torch.float64).requires_grad_()
    samples = network(config)(mel)[0, middle * hop : (middle + 1) * hop]
    (samples * torch.randn_like(samples)).sum().backward()
    assert mel.grad is not None
    heard = mel.grad.abs().sum((0, 1)).nonzero().flatten()
    assert samples.shape == (hop,)
    assert max(middle - int(heard[0]), int(heard[-1]) - middle) == context


@pytest.mark.parametrize("name", [name for name in NETWORKS if name != "bigvgan-v2"])  # like bigvgan-v1, and slow
@torch.no_grad()
def test_chunks_with_their_context_are_the_whole(name: str) -> None:
    """Chunks with context equal the whole, also at the ends."""
    config = NETWORKS[name]
    generator, context, hop = network(config), config.context_frames, config.mel_format.hop
    mel = torch.randn(1, config.mel_format.bands, 2 * context + 13, dtype=torch.float64)
    whole = generator(mel)
    for start in (0, context + 3, mel.shape[2] - 5):
        first, last = max(0, start - context), min(mel.shape[2], start + 5 + context)
        end = min((start + 5) * hop, whole.shape[1])
        found = generator(mel[:, :, first:last])[:, (start - first) * hop : end - first * hop]
        assert torch.allclose(found, whole[:, start * hop : end], rtol=0, atol=1e-10 * float(whole.abs().max()))


def test_published_networks_have_the_known_receptive_field() -> None:
    reaches = {name: config.context_frames for name, config in PUBLISHED.items()}
    assert reaches["hifigan-v1-22k"] == reaches["hifigan-v2-22k"] == 13
    assert reaches["hifigan-v3-22k"] == 11
    assert reaches["vocos-24k"] == 9 * 3 + 2

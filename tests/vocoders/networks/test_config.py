"""Configs survive JSON, and invalid ones are refused."""

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.networks.config import GeneratorConfig, config_from_dict
from distill_app.vocoders.networks.presets import BIGVGAN_V2_44K, GENERATORS, HIFIGAN_V2_44K, PUBLISHED, TINY, VOCOS_24K

HIFIGAN, CONVNEXT, BIGVGAN, VOCOS = HIFIGAN_V2_44K, TINY, BIGVGAN_V2_44K, VOCOS_24K
NAMED = {**GENERATORS, **PUBLISHED}
LATER_MEL_FIELDS = ("scale", "centred", "power_floor")


@pytest.mark.parametrize("name", NAMED)
def test_a_header_gives_the_same_network_again(name: str) -> None:
    config = NAMED[name]
    assert config_from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_networks_trained_by_distill_have_the_rate_of_the_app() -> None:
    assert {config.mel_format.sample_rate for config in GENERATORS.values()} == {44_100}
    others = {name for name, config in GENERATORS.items() if config.mel_format != DISTILL_MEL}
    assert others == {"hifigan-v3"}
    assert GENERATORS["hifigan-v3"].mel_format == replace(DISTILL_MEL, hop=1_024)


def test_headers_from_before_there_were_four_families_are_read() -> None:
    """The built-in weights have such a header."""
    nothing = {"rates": [], "rate_kernels": [], "resblock": 1, "resblock_kernels": [], "resblock_dilations": []}
    mel_format = {name: value for name, value in DISTILL_MEL.to_dict().items() if name not in LATER_MEL_FIELDS}
    convnext = {"family": "vocos", "channels": 32, "blocks": 2, "mel_format": mel_format}
    assert config_from_dict(convnext | nothing) == CONVNEXT
    assert config_from_dict(HIFIGAN.to_dict() | {"blocks": 0}) == HIFIGAN


def test_configs_are_read_without_torch() -> None:
    read = "import sys, distill_app.vocoders.networks.presets; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", read], check=True)


@pytest.mark.parametrize(
    ("config", "values"),
    [
        (CONVNEXT, {"channels": 0}),
        (CONVNEXT, {"channels": 10**9}),
        (CONVNEXT, {"channels": 32.0}),
        (CONVNEXT, {"channels": True}),
        (CONVNEXT, {"blocks": -1}),
        (CONVNEXT, {"mel_format": replace(DISTILL_MEL, hop=500)}),
        (CONVNEXT, {"mel_format": replace(DISTILL_MEL, win=1_024)}),
        (CONVNEXT, {"mel_format": replace(DISTILL_MEL, centred=True)}),
        (VOCOS, {"blocks": 0}),
        (VOCOS, {"hidden": 0}),
        (VOCOS, {"hidden": 10**6}),
        (BIGVGAN, {"activation": "relu"}),
        (BIGVGAN, {"tanh": 1}),
        (BIGVGAN, {"rates": (8, 4, 2, 2, 2, 1), "rate_kernels": (16, 8, 4, 4, 4, 3)}),
        (HIFIGAN, {"rates": 512}),
        (HIFIGAN, {"rates": (8, 8, 4, -2)}),
        (HIFIGAN, {"rates": (8, 8, 4, "2")}),
        (HIFIGAN, {"resblock_dilations": 5}),
        (HIFIGAN, {"resblock_dilations": (1, 3, 5)}),
        (HIFIGAN, {"rates": (8, 8, 4, 4)}),
        (HIFIGAN, {"rates": (8, 8, 8), "rate_kernels": (16, 16, 8, 4)}),
        (HIFIGAN, {"rate_kernels": (17, 16, 8, 4)}),
        (HIFIGAN, {"rate_kernels": (4, 16, 8, 4)}),
        (HIFIGAN, {"resblock": 3}),
        (HIFIGAN, {"resblock_kernels": (3, 7, 10)}),
        (HIFIGAN, {"resblock_dilations": ((1, 3, 5), (1, 3, 5))}),
        (HIFIGAN, {"resblock_dilations": ((1, 3, 5), (), (1,))}),
        (HIFIGAN, {"resblock_dilations": ((1, 3, 5), (1, 3, 10**6), (1,))}),
        (HIFIGAN, {"channels": 100}),
    ],
)
def test_configs_of_no_network_are_refused(config: GeneratorConfig, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(config, **values)


def test_rates_that_do_not_give_the_hop_are_refused_with_the_numbers() -> None:
    with pytest.raises(ValueError, match=r"8·8·4·4 = 1024 times where its mel has a hop of 512"):
        replace(HIFIGAN, rates=(8, 8, 4, 4))


@pytest.mark.parametrize(
    "damage",
    [{"blocks": "6"}, {"channels": None}, {"mel_format": {}}, {"more": 1}, {"family": "wavenet"}, {"family": "vocos"}],
)
def test_a_header_of_other_values_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        config_from_dict(CONVNEXT.to_dict() | damage)

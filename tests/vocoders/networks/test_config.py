"""What describes a network survives JSON, and what describes none is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.networks.config import GENERATORS, GeneratorConfig

HIFIGAN, VOCOS = GENERATORS["hifigan-v2"], GENERATORS["tiny"]


@pytest.mark.parametrize("name", GENERATORS)
def test_a_header_gives_the_same_network_again(name: str) -> None:
    config = GENERATORS[name]
    assert GeneratorConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config
    assert config.mel_format == DISTILL_MEL


@pytest.mark.parametrize(
    ("config", "values"),
    [
        (VOCOS, {"family": "wavenet"}),
        (VOCOS, {"channels": 0}),
        (VOCOS, {"channels": 10**9}),
        (VOCOS, {"channels": 32.0}),
        (VOCOS, {"channels": True}),
        (VOCOS, {"blocks": -1}),
        (VOCOS, {"rates": (512,), "rate_kernels": (512,)}),
        (VOCOS, {"mel_format": replace(DISTILL_MEL, hop=500)}),
        (VOCOS, {"mel_format": replace(DISTILL_MEL, win=1_024)}),
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
def test_what_is_no_network_is_refused(config: GeneratorConfig, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        replace(config, **values)


@pytest.mark.parametrize("damage", [{"rates": 5}, {"blocks": "6"}, {"channels": None}, {"mel_format": {}}, {"more": 1}])
def test_a_header_of_other_values_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        GeneratorConfig.from_dict(VOCOS.to_dict() | damage)

"""Embedded vocoders: their header is validated, and Auto selects them after their gate."""

import json
from dataclasses import replace
from typing import Any

import pytest
import torch

from distill_app.common.errors import VocoderError
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.built_in import BUILT_IN, GRAIN, GRIFFIN_LIM
from distill_app.vocoders.embedded.nearest import HELD_OUT, nearest_vocoder
from distill_app.vocoders.embedded.quality_gate import CHANCE, LEVEL_WORSE_DB, MARGIN, Distance
from distill_app.vocoders.embedded.vocoder import (
    AUTO,
    OWN,
    embedded_vocoder,
    id_for_file,
    model_entries,
    read_embedded,
    resolve_vocoder_id,
)
from distill_app.vocoders.networks.config import HifiGanConfig
from tests.embedded_vocoder import FAILED, FAR, NEAR, PASSED, make_embedded, make_state
from tests.paths import ROOT

HIFIGAN = HifiGanConfig(DISTILL_MEL, 16, (16, 16, 2), (32, 32, 4), 1, (3,), ((1, 3),))


def test_the_description_survives_json() -> None:
    values = json.loads(json.dumps(make_embedded().to_dict()))
    assert read_embedded(values) == make_embedded()
    values["gate"].pop("outdated")
    assert read_embedded(values) == make_embedded(), "written before the field existed"
    assert read_embedded(None) is None


@pytest.mark.parametrize("config", [make_embedded().config, HIFIGAN], ids=["convnext", "hifigan"])
def test_its_weights_determine_its_sound(config: Any) -> None:
    """Another seed of the weights gives another sound."""
    mel = torch.randn(1, 128, 24, generator=torch.Generator().manual_seed(0)) - 4
    values = make_embedded(config=config).to_dict()
    sounds = [embedded_vocoder(values, make_state(config, seed)).mel_to_waveform(mel) for seed in (0, 0, 1)]
    assert sounds[0].shape == (1, 1, 24 * 512)
    assert torch.equal(sounds[0], sounds[1])
    assert not torch.allclose(sounds[0], sounds[2])


def test_the_gate_requires_a_margin_significance_and_the_level() -> None:
    assert PASSED.passed
    assert not replace(PASSED, gain=MARGIN - 0.001).passed
    assert replace(PASSED, nearer=9).passed
    assert not replace(PASSED, nearer=8).passed, f"8 of 10 happen by chance more often than {CHANCE}"
    assert not replace(PASSED, windows=4, nearer=4).passed, "four windows are too few"
    off = replace(NEAR, level_db=FAR.level_db + LEVEL_WORSE_DB + 0.01)
    assert not replace(PASSED, recordings={"own": off, "built-in": FAR}).passed


def test_the_verdict_in_words() -> None:
    assert PASSED.verdict == "better than built-in by 12.0 % on held-out recordings"
    assert replace(PASSED, outdated=True).verdict == "not measured since the model learned more"
    assert FAILED.verdict == "not better than built-in on held-out recordings: −1.0 %, nearer in 4 of 10 windows"


def test_auto_selects_it_only_after_the_gate() -> None:
    assert resolve_vocoder_id(AUTO, make_embedded()) == OWN
    assert resolve_vocoder_id(AUTO, make_embedded(FAILED)) == BUILT_IN.id
    assert resolve_vocoder_id(AUTO, None) == BUILT_IN.id
    assert resolve_vocoder_id(OWN, make_embedded(FAILED)) == OWN
    assert resolve_vocoder_id(AUTO, make_embedded(replace(PASSED, outdated=True))) == BUILT_IN.id
    assert resolve_vocoder_id("griffin-lim", make_embedded()) == "griffin-lim"


def test_auto_writes_files_with_the_vocoder_measured_to_be_nearest() -> None:
    near = replace(PASSED, recordings={**PASSED.recordings, GRIFFIN_LIM.id: Distance(0.01, 0.5, 0.3, 0.3, 0.1)})
    asked = id_for_file(AUTO)
    assert resolve_vocoder_id(asked, make_embedded()) == OWN
    assert resolve_vocoder_id(asked, make_embedded(near)) == GRIFFIN_LIM.id
    assert resolve_vocoder_id(asked, make_embedded(FAILED)) == resolve_vocoder_id(asked, None) == GRIFFIN_LIM.id
    assert resolve_vocoder_id(asked, make_embedded(), has_grain=True) == GRAIN.id
    assert id_for_file(BUILT_IN.id) == BUILT_IN.id


def test_the_card_of_auto_says_what_writes_files_and_by_how_much_it_is_nearer() -> None:
    auto = model_entries(None)[0]
    assert (auto.plays, auto.files) == (BUILT_IN.title, GRIFFIN_LIM.title)
    assert auto.files_gain == pytest.approx(nearest_vocoder(None)[1])
    assert 0.01 < auto.files_gain < 0.2
    assert model_entries(None, has_grain=True)[0].files == GRAIN.title


def test_the_distances_are_those_of_the_documentation() -> None:
    table = (ROOT / "docs" / "vocoders.md").read_text(encoding="utf-8").partition("### Means")[2].partition("###")[0]
    rows = {cells[1].strip(): cells for line in table.splitlines() if len(cells := line.split("|")) > 7}
    for info in (BUILT_IN, GRIFFIN_LIM):
        known = HELD_OUT[info.id]
        shown = [float(cell) for cell in rows[info.title][3:7]]
        assert shown == list(known)


def test_the_selector_entries_have_its_state() -> None:
    auto, embedded = model_entries(make_embedded().to_dict())
    assert (auto.info.id, auto.state, embedded.info.id, embedded.state) == (AUTO, "in the model", OWN, "in the model")
    assert embedded.verdict == "better than built-in by 12.0 %"
    assert model_entries(make_embedded(FAILED).to_dict())[0].state == "built in"
    assert [entry.info.id for entry in model_entries(None)] == [AUTO]
    assert all(entry.ready for entry in (auto, embedded))


@pytest.mark.parametrize(
    "change",
    [
        {"format_version": 0},
        {"format_version": "1"},
        {"config": {}},
        {"config": {**make_embedded().config.to_dict(), "channels": 10**9}},
        {"config": {**make_embedded().config.to_dict(), "blocks": -1}},
        {"gate": {}},
        {"gate": {**PASSED.to_dict(), "nearer": 11}},
        {"gate": {**PASSED.to_dict(), "outdated": "no"}},
        {"gate": {**PASSED.to_dict(), "windows": 10**9}},
        {"gate": {**PASSED.to_dict(), "gain": float("nan")}},
        {"gate": {**PASSED.to_dict(), "recordings": {"own": {"log_mel": 1.0}}}},
        {"gate": {**PASSED.to_dict(), "recordings": []}},
        {"training": 5},
    ],
)
def test_a_damaged_description_is_one_sentence_and_auto_plays_on(change: dict[str, Any]) -> None:
    values = make_embedded().to_dict() | change
    with pytest.raises(VocoderError, match="damaged"):
        read_embedded(values)
    auto, embedded = model_entries(values)
    assert (auto.ready, embedded.state, embedded.ready) == (True, "damaged", False)
    assert embedded.reason.endswith(".")


def test_one_of_a_newer_version_says_so() -> None:
    with pytest.raises(VocoderError, match="newer version"):
        read_embedded(make_embedded().to_dict() | {"format_version": 2})


def test_tensors_that_do_not_fit_are_one_sentence() -> None:
    whole, values = make_state(), make_embedded().to_dict()
    name = next(iter(whole))
    for damaged in (
        {},
        None,
        whole | {"more": torch.zeros(3)},
        whole | {name: torch.zeros(2)},
        whole | {name: torch.full_like(whole[name], float("nan"))},
        whole | {name: whole[name].to(torch.int32)},
        {other: tensor for other, tensor in whole.items() if other != name},
    ):
        with pytest.raises(VocoderError, match="damaged"):
            embedded_vocoder(values, damaged)


def test_none_is_one_sentence() -> None:
    with pytest.raises(VocoderError, match="no vocoder of its own"):
        embedded_vocoder(None, None)


def test_a_distance_is_a_number_from_0_up() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        Distance(-0.1, 1.0, 1.0, 1.0, 1.0)

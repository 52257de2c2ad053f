"""Text about vocoders and their downloads."""

from dataclasses import replace

import pytest

from distill_app.dsp.mel_format import DISTILL_MEL, MelFormat
from distill_app.ui.vocoders.format import (
    EtaEstimator,
    band_facts,
    done_of,
    kilohertz,
    network_facts,
    short_state,
    speed_text,
    time_left,
)
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.registry import VocoderEntry

_INFO = VocoderInfo("x", "X", "A sentence.", DISTILL_MEL, 926_000, "MIT", False, 3_700_000)


@pytest.mark.parametrize(
    ("speed", "words"),
    [
        (None, ""),
        (0.05, "faster than real time"),
        (0.95, "about 1 s for each second of sound"),
        (1.6, "about 1.5 s for each second of sound"),
        (6.9, "about 7 s for each second of sound"),
        (42.4, "about 42 s for each second of sound"),
        (150, "about 2 min for each second of sound"),
    ],
)
def test_speed_text(speed: float | None, words: str) -> None:
    assert speed_text(_INFO, speed) == words
    assert speed_text(replace(_INFO, live=True), speed) == "plays live"


@pytest.mark.parametrize(
    ("mel_format", "words"),
    [
        (DISTILL_MEL, ["44.1 kHz"]),
        (MelFormat(22_050, 1_024, 256, 1_024, 80, high_hz=8_000.0), ["22 kHz", "up to 8 kHz"]),
        (MelFormat(24_000, 1_024, 256, 1_024, 100), ["24 kHz"]),
    ],
)
def test_band_facts(mel_format: MelFormat, words: list[str]) -> None:
    assert band_facts(VocoderEntry(replace(_INFO, mel_format=mel_format), "installed")) == words


def test_kilohertz() -> None:
    assert [kilohertz(rate) for rate in (11_025, 22_050, 44_100, 48_000)] == ["11 kHz", "22 kHz", "44.1 kHz", "48 kHz"]


def test_network_facts() -> None:
    assert network_facts(_INFO) == ["926 k parameters", "3.7 MB", "MIT"]
    assert network_facts(replace(_INFO, parameters=122_152_752, size_bytes=0)) == ["122 M parameters", "MIT"]


def test_short_state() -> None:
    assert short_state(VocoderEntry(_INFO, "available", download_bytes=489_042_694)) == "489 MB to download"
    assert short_state(VocoderEntry(_INFO, "unsupported", "It is of another kind.")) == "unsupported"


@pytest.mark.parametrize(
    ("done", "total", "words"),
    [
        (120_400_000, 489_042_694, "120 of 489 MB"),
        (1_240_000, 9_000_000, "1.2 of 9.0 MB"),
        (400, 1_400, "0 of 1 kB"),
        (640_000_000, 1_210_000_000, "0.64 of 1.21 GB"),
    ],
)
def test_done_of(done: int, total: int, words: str) -> None:
    assert done_of(done, total) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (0.2, "5 s left"), (31, "35 s left"), (58, "1 min left"), (125, "2 min left"), (7_300, "2 h left")],
)
def test_time_left(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words


def test_the_estimate_uses_the_rate_of_the_last_seconds() -> None:
    pace = EtaEstimator()
    assert pace.seconds_left(0.0, 0, 1_000) is None, "too early to tell"
    assert pace.seconds_left(2.0, 20, 1_000) == pytest.approx(98)
    for second in range(3, 30):
        left = pace.seconds_left(float(second), 20 + 30 * (second - 2), 1_000)
    assert left == pytest.approx((1_000 - 830) / 30)


def test_a_stalled_download_has_no_estimate() -> None:
    pace = EtaEstimator()
    for second in range(20):
        left = pace.seconds_left(float(second), 500, 1_000)
    assert left is None

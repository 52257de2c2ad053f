"""Test sounds: mixing of clips, and no source in common with the training corpus."""

import io

import numpy as np
import pytest
import soundfile as sf

from tools.vocoder_audio import RATE_HZ
from tools.vocoder_audio.heldout_items import ITEMS, SHA256, Clip, Item, Source
from tools.vocoder_audio.programs import FLUID_R3, MUSESCORE_GENERAL
from tools.vocoder_audio.recordings import CC0_KIT, SAMPLES, SONGS
from tools.vocoder_heldout import changed_files, clip_samples, mix_clips

TONE = Source("package", "tone.wav", "CC0")


def _wav(rate: int, seconds: float) -> bytes:
    file = io.BytesIO()
    tone = 0.5 * np.sin(2 * np.pi * 441.0 * np.arange(round(rate * seconds)) / rate)
    sf.write(file, np.stack([tone, tone], axis=1), rate, format="WAV")
    return file.getvalue()


def test_there_are_nine_of_six_to_ten_seconds() -> None:
    assert [item.name[:2] for item in ITEMS] == [f"{number:02d}" for number in range(1, 10)]
    assert all(6.0 <= item.seconds <= 10.0 for item in ITEMS)


def test_no_source_is_in_the_training_corpus() -> None:
    training = tuple(str(path).lstrip("/") for path in (FLUID_R3, MUSESCORE_GENERAL, SAMPLES, CC0_KIT, SONGS))
    assert not [clip for item in ITEMS for clip in item.clips if clip.source.path.startswith(training)]


def test_every_clip_lies_inside_its_item() -> None:
    for item in ITEMS:
        assert all(0 <= clip.at_seconds < item.seconds for clip in item.clips)
        assert any(clip.at_seconds == 0 for clip in item.clips)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_clip_is_cut_and_resampled(rate: int) -> None:
    found = clip_samples(_wav(rate, 3.0), Clip(TONE, start_seconds=1.0, seconds=1.5, gain_db=-6.0))
    assert len(found) == round(1.5 * RATE_HZ)
    assert np.abs(found[RATE_HZ // 2 : RATE_HZ]).max() == pytest.approx(0.5 * 10 ** (-6 / 20), rel=0.01)
    assert found[0] == found[-1] == 0
    crossings = np.flatnonzero((found[:-1] < 0) & (found[1:] >= 0))
    assert np.diff(crossings).mean() == pytest.approx(100.0, abs=0.1)  # 441 Hz


def test_clips_are_mixed_at_their_positions() -> None:
    item = Item("00-test", "two tones", 4.0, (Clip(TONE), Clip(TONE, 2.0, gain_db=-20.0)), peak_db=-30.0)
    found = mix_clips(item, {TONE: _wav(RATE_HZ, 1.0)})
    levels = [np.abs(part).max() for part in np.split(found, 4)]
    assert len(found) == 4 * RATE_HZ
    assert levels[0] == pytest.approx(10 ** (-30 / 20), rel=1e-3)
    assert levels[2] == pytest.approx(levels[0] / 10, rel=0.05)
    assert max(levels[1], levels[3]) < levels[0] / 1_000


def test_changed_file_is_listed() -> None:
    entries = [{"file": f"{item.name}.wav", "sha256": SHA256[item.name]} for item in ITEMS]
    assert not changed_files(entries)
    entries[3]["sha256"] = "0" * 64
    assert changed_files(entries) == ["04-voice.wav"]

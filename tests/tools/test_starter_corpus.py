"""Recordings of the starter models: free, tuned, cut and levelled; computed voices have formants."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tools import starter_corpus
from tools.starter_corpus import CorpusError, compress, main, prepare, shorten, tuned_rate, write_set
from tools.starter_sets import STARTERS, Sample, StarterSet
from tools.starter_voices import Voice
from tools.vocoder_audio import RATE_HZ

STANZA = "Files: etc/samples/{name}.flac\nCopyright: 2013 Somebody\nLicense: {licence}\n\n"
TONE = Sample("tone", pitch_hz=110.0, octaves=1, seconds=0.3, peak_dbfs=-3.0)


@pytest.fixture(autouse=True)
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A free tone of 110 Hz within silence, and a recording that is not free."""
    wave = 0.1 * np.sin(2 * np.pi * 110 * np.arange(RATE_HZ) / RATE_HZ)
    sf.write(tmp_path / "tone.flac", np.pad(wave, RATE_HZ // 2), RATE_HZ)
    text = STANZA.format(name="tone", licence="CC0") + STANZA.format(name="song", licence="GPL-2")
    (tmp_path / "copyright").write_text(text, encoding="utf-8")
    monkeypatch.setattr(starter_corpus, "SAMPLES", tmp_path)
    monkeypatch.setattr(starter_corpus, "COPYRIGHT", tmp_path / "copyright")


def spectrum_peak_hz(samples: np.ndarray, rate: int) -> float:
    return float(np.fft.rfftfreq(len(samples), 1 / rate)[np.abs(np.fft.rfft(samples)).argmax()])


def prepared(sample: Sample, is_hit: bool = False) -> tuple[np.ndarray, int]:
    """One channel of a prepared sample, and its rate."""
    samples, rate = prepare(sample, is_hit)
    assert samples.shape[1] == 1
    return samples[:, 0], rate


def test_a_sample_is_tuned_cut_and_levelled() -> None:
    samples, rate = prepared(TONE)
    assert spectrum_peak_hz(samples, rate) == pytest.approx(261.6, abs=2)
    assert len(samples) == round(0.3 * rate)
    assert np.abs(samples).max() == pytest.approx(10 ** (-3 / 20))
    assert np.abs(samples[-20:]).max() < 0.02
    assert np.abs(samples[:4_000]).max() > 0.1


def test_a_decay_becomes_a_quarter_as_steep() -> None:
    seconds = np.arange(2 * RATE_HZ) / RATE_HZ
    decay = (np.sin(2 * np.pi * 500 * seconds) * 10 ** (-20 * seconds / 20))[:, None]
    found = compress(decay, RATE_HZ)
    power = [np.square(found[at : at + 4_410]).mean() for at in (22_050, 66_150)]
    assert 10 * np.log10(power[0] / power[1]) == pytest.approx(5, abs=0.2)


def test_a_hit_keeps_the_silence_before_it() -> None:
    samples, rate = prepared(Sample("tone"), is_hit=True)
    assert len(samples) == 2 * rate
    assert not samples[: rate // 3].any()


def test_two_channels_are_kept_where_asked(tmp_path: Path) -> None:
    left, rate = sf.read(tmp_path / "tone.flac")
    sf.write(tmp_path / "tone.flac", np.stack([left, 0.5 * left], 1), rate)
    samples, _ = prepare(replace(TONE, stereo=True), is_hit=False)
    assert np.allclose(samples[:, 1], 0.5 * samples[:, 0], atol=1e-3)
    assert prepared(TONE)[0].shape == samples[:, 0].shape


def test_a_short_sound_stays_whole() -> None:
    samples = np.ones((100, 1))
    assert shorten(samples, 100, 10) is samples
    assert tuned_rate(RATE_HZ, 65.4) == RATE_HZ


def test_recordings_that_are_not_free_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    with pytest.raises(CorpusError, match=r"Not listed as CC0: other\.flac, song\.flac"):
        write_set(StarterSet("", (TONE, Sample("song"), Sample("other"))), out)
    monkeypatch.setattr(starter_corpus, "SAMPLES", tmp_path / "missing")
    with pytest.raises(SystemExit, match="apt-get install sonic-pi-samples"):
        main(["kit", str(out)])
    assert not out.exists()


def test_a_set_becomes_a_folder(tmp_path: Path) -> None:
    assert write_set(StarterSet("", (TONE,), (Voice("au", 0.3),)), tmp_path / "out") == 2
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"tone.flac", "whisper au.flac"}


def test_every_starter_names_each_recording_once() -> None:
    for starter in STARTERS.values():
        names = [each.name for each in (*starter.samples, *starter.voices)]
        assert len(names) == len(set(names)) > 10


def test_a_sung_vowel_has_its_pitch_and_its_formants() -> None:
    for vowel, formant in (("a", 730), ("i", 270)):
        samples = Voice(vowel, 0.4, 130.8).render()
        assert abs(spectrum_peak_hz(samples, RATE_HZ) - formant) < 131
    assert np.array_equal(samples, Voice("i", 0.4, 130.8).render())


def test_a_whisper_has_no_pitch() -> None:
    spectrum = np.abs(np.fft.rfft(Voice("a", 0.4).render()))
    sung = np.abs(np.fft.rfft(Voice("a", 0.4, 130.8).render()))
    flatness = [float(np.exp(np.log(each[40:400] + 1e-9).mean()) / each[40:400].mean()) for each in (spectrum, sung)]
    assert flatness[0] > 2 * flatness[1]

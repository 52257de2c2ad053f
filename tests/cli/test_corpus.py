"""`distill corpus`: the table of recordings, as text and as JSON."""

import shutil
from pathlib import Path

import numpy as np
import soundfile

from distill_app.project.corpora import CorpusSpec, write_corpora
from tests.cli.conftest import Distill


def test_json_lists_every_file_with_its_stats_or_a_reason(distill: Distill, recordings: Path) -> None:
    (recordings / "letter.txt").write_text("not a sound")
    outcome = distill("corpus", recordings, "--exclude", recordings / "pluck 110.wav", "--json")
    assert outcome.status == 0
    files = {file["name"]: file for file in outcome.values["files"]}
    assert files["letter.txt"]["reason"] == "“letter.txt” is not a sound file."
    assert files["pluck 110.wav"]["excluded"]
    assert not files["pluck 110.wav"]["learned"]
    learned = [file for file in files.values() if file["learned"]]
    assert len(learned) == 2
    assert all(file["seconds"] > 0 and file["sample_rate"] and file["windows"] for file in learned)
    (total,) = outcome.values["totals"]
    assert total["files"] == 2
    assert "little" in {hint["topic"] for hint in outcome.values["hints"]}


def test_text_output_is_a_table_and_hints(distill: Distill, recordings: Path) -> None:
    shutil.copy(recordings / "pluck 110.wav", recordings / "again.wav")
    outcome = distill("corpus", recordings, "--one-shots")
    assert outcome.status == 0
    assert outcome.out.splitlines()[0].split() == [
        "NAME",
        "LENGTH",
        "RATE",
        "CHANNELS",
        "PEAK",
        "LEVEL",
        "WINDOWS",
        "ONSETS",
    ]
    assert "“again.wav” and “pluck 110.wav” are the same sound" in outcome.out


def test_missing_data_is_reported_beside_the_file(distill: Distill, recordings: Path) -> None:
    cut = recordings / "pluck 110.wav"
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    outcome = distill("corpus", recordings)
    assert outcome.status == 0
    (row,) = (line for line in outcome.out.splitlines() if line.startswith(cut.name))
    assert row.endswith("“pluck 110.wav” is cut off: 50% of what it says it holds is there, and used.")


def test_a_corpus_file_sets_all_corpora(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    file = tmp_path / "corpora.json"
    write_corpora([CorpusSpec("Plucks", (recordings,)), CorpusSpec("Takes", (recordings,), kind="takes")], file)
    values = distill("corpus", "--corpora", file, "--json").values
    assert [total["corpus"] for total in values["totals"]] == ["Plucks"]
    outcome = distill("corpus", recordings, "--corpora", file)
    assert outcome.status == 2
    assert "give no folders beside it" in outcome.sentence
    assert "Give folders of recordings" in distill("corpus").sentence


def test_a_missing_folder_is_one_line(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    outcome = distill("corpus", recordings, tmp_path / "gone", "--json")
    assert outcome.status == 0
    assert [skipped["name"] for skipped in outcome.values["skipped"]] == [str(tmp_path / "gone")]


def test_an_empty_corpus_is_a_failure(distill: Distill, tmp_path: Path) -> None:
    outcome = distill("corpus", tmp_path / "gone", "--json")
    assert outcome.status == 1
    assert "gone" in outcome.sentence
    (tmp_path / "empty").mkdir()
    assert "no recordings" in distill("corpus", tmp_path / "empty").sentence


def test_an_excluded_path_has_to_exist(distill: Distill, recordings: Path) -> None:
    outcome = distill("corpus", recordings, "--exclude", "pluck 110.wav")
    assert outcome.status == 2
    assert "There is no “pluck 110.wav” to exclude" in outcome.sentence


def test_cancelling_channels_are_reported_with_those_used(distill: Distill, recordings: Path) -> None:
    samples, rate = soundfile.read(recordings / "pluck 110.wav")
    soundfile.write(recordings / "wired.wav", np.stack([samples, -samples], 1), rate)
    note = "channels cancel each other: used left minus right"
    lines = distill("corpus", recordings).out.splitlines()
    assert any(line.startswith("wired.wav") and line.endswith(note) for line in lines)
    assert f"recordings: “wired.wav”: {note}." in lines
    values = {file["name"]: file for file in distill("corpus", recordings, "--json").values["files"]}
    assert values["wired.wav"]["channels_used"] == note
    assert values["pluck 110.wav"]["channels_used"] == ""

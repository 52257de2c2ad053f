"""`distill train`: from a folder to a model, and what Ctrl-C keeps."""

import functools
import io
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from distill_app.cli.progress import TerminalProgressBar
from distill_app.cli.training_target import list_model
from distill_app.common.errors import TrainingError
from distill_app.common.training_paths import checkpoint_path
from distill_app.generation import slider_renderer
from distill_app.models.header import read_header
from distill_app.models.model_file import load_model
from distill_app.project.corpora import CorpusSpec, write_corpora
from distill_app.project.storage import ProjectFile, create_project, read_project
from distill_app.training.axes import analysis
from distill_app.training.run.spec import ModelSpec
from distill_app.training.run.status import TrainingStatus
from distill_app.training.vae import config, pca_init
from tests.cli.conftest import Distill
from tests.local_vocoder import LocalVocoder


@pytest.fixture(autouse=True)
def _short_auditions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few short renders and a small network: the sliders and their names do not matter here."""
    monkeypatch.setattr(config, "DEFAULT_ARCHITECTURE", {"name": "basis", "latent": 6, "width": 4})
    monkeypatch.setattr(pca_init, "VARIED", 32)
    monkeypatch.setattr(pca_init, "_BATCHES_AT_ONCE", 2)
    monkeypatch.setattr(analysis, "SWEEP_POINTS", 3)
    renderer = functools.partial(slider_renderer.SliderRenderer, LocalVocoder(), seconds=0.2)
    monkeypatch.setattr(slider_renderer, "SliderRenderer", renderer)


def test_a_folder_becomes_a_model_and_skipped_and_truncated_files_are_reported(
    distill: Distill, recordings: Path, notes: list[str], tmp_path: Path
) -> None:
    (recordings / "letter.txt").write_text("not a sound")
    shutil.copy(recordings / "pluck 110.wav", recordings / "empty.wav")
    (recordings / "empty.wav").write_bytes(b"")
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "2", "--seed", "3", "--json")
    assert outcome.status == 0
    values = outcome.values
    assert (values["files"], values["stopped"]) == (3, False)
    assert {file["name"] for file in values["skipped"]} == {"letter.txt", "empty.wav"}
    assert "letter.txt" in outcome.err
    assert "empty.wav" in outcome.err
    assert values["notes"] == notes
    assert all(outcome.err.splitlines().count(note) == 1 for note in notes)
    model = load_model(out)
    assert values["sliders"] == [axis.name for axis in model.header.axes]
    assert values["training"]["seed"] == 3
    assert values["training"]["epochs"] == 2


def test_a_model_carries_its_recordings_and_says_so(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    outcome = distill("train", recordings, "--out", tmp_path / "a.distillgan", "--epochs", "1")
    assert "It carries" in outcome.out
    assert "`distill share` makes a copy without" in outcome.out
    model = load_model(tmp_path / "a.distillgan")
    assert model.grain is not None
    assert set(model.grain.recordings) == {file.name for file in model.header.corpus}
    assert model.grain_source is not None


def test_without_grain_a_model_carries_nothing(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    outcome = distill("train", recordings, "--out", tmp_path / "a.distillgan", "--epochs", "1", "--no-grain")
    assert "carries" not in outcome.out
    assert read_header(tmp_path / "a.distillgan").grain is None


def test_the_length_of_the_grain_is_chosen(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    options = ("--epochs", "1", "--grain-minutes", "0.02", "--json")
    values = distill("train", recordings, "--out", tmp_path / "a.distillgan", *options).values
    assert values["grain"] is None or values["grain"]["seconds"] <= 1.3
    for wrong in ("-1", "121", "nan"):
        chosen = ("--epochs", "1", f"--grain-minutes={wrong}", "--json")
        outcome = distill("train", recordings, "--out", tmp_path / "b.distillgan", *chosen)
        assert outcome.status != 0
        assert outcome.values["error"]
    assert not (tmp_path / "b.distillgan").exists()


def test_the_corpora_can_be_listed_in_a_file(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    listed = tmp_path / "corpora.json"
    write_corpora([CorpusSpec.of(recordings, excluded=[recordings / "pluck 110.wav"])], listed)
    out = tmp_path / "plucks of mine.distillgan"
    values = distill("train", "--corpora", listed, "--out", out, "--epochs", "1", "--json").values
    assert values["name"] == "plucks of mine"
    assert values["files"] == 2
    for wrong in (["--corpora", listed, recordings], []):
        outcome = distill("train", *wrong, "--out", out, "--overwrite", "--json")
        assert outcome.status == 2
        assert "--corpora" in outcome.values["error"]


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_sigint_and_sigterm_during_training_keep_a_model_with_sliders(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: signal.Signals
) -> None:
    def press(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if "epoch 2" in words:
            signal.raise_signal(ending)

    monkeypatch.setattr(TerminalProgressBar, "show", press)
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "100000", "--json")
    assert outcome.status == 0
    assert outcome.values["stopped"] is True
    assert load_model(out).header.axes
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert checkpoint_path(out).is_file()


def test_ctrl_c_during_the_analysis_loses_nothing(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if words.startswith("Analysing") and fraction == 0:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TerminalProgressBar, "show", press)
    out = tmp_path / "plucks.distillgan"
    assert distill("train", recordings, "--out", out, "--epochs", "1").status == 0
    assert load_model(out).header.axes


def test_a_second_ctrl_c_exits_at_once(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        if "epoch 1" in words or (words.startswith("Analysing") and fraction == 0):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TerminalProgressBar, "show", press)
    outcome = distill("train", recordings, "--out", tmp_path / "plucks.distillgan", "--epochs", "100000")
    assert outcome.status == 130
    assert load_model(tmp_path / "plucks.distillgan").header.training["steps"] == 0, "only the first model is written"


def test_a_training_says_once_that_its_first_model_can_be_played(
    distill: Distill, recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "1")
    assert outcome.status == 0
    sentence = f"Wrote {out}: a first model that can be played while the training refines it."
    assert outcome.err.splitlines().count(sentence) == 1


def test_zero_minutes_write_the_first_model_whose_sliders_are_not_measured(
    distill: Distill, recordings: Path, tmp_path: Path
) -> None:
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--minutes", "0", "--json")
    assert outcome.status == 0
    assert outcome.values["sliders"]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("plucks")] == [out.name]
    axes = distill("info", out, "--json").values["axes"]
    assert [axis["rho"] for axis in axes] == [None] * len(axes)
    assert "not measured" in distill("info", out).out


@pytest.mark.parametrize(
    ("arguments", "ends_early"), [((), True), (("--minutes", "1"), False), (("--epochs", "3"), False)]
)
def test_a_training_ends_by_itself_where_no_length_is_given(
    distill: Distill,
    recordings: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    ends_early: bool,
) -> None:
    asked: list[ModelSpec] = []

    def training(spec: ModelSpec, *_: object) -> Iterator[TrainingStatus]:
        asked.append(spec)
        raise TrainingError("That is enough.")

    monkeypatch.setattr("distill_app.training.vae.train.train_model", training)
    assert distill("train", recordings, "--out", tmp_path / "a.distillgan", *arguments).status == 1
    assert [(spec.ends_early, spec.minutes > 0) for spec in asked] == [(ends_early, True)]


def test_ctrl_c_before_the_first_step_writes_nothing(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(self: TerminalProgressBar, words: str, fraction: float, seconds_left: float | None = None) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TerminalProgressBar, "show", press)
    out = tmp_path / "plucks.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "1")
    assert outcome.status == 130
    assert not out.exists()


def test_an_existing_model_is_kept_without_force(distill: Distill, recordings: Path, tiny_model_file: Path) -> None:
    before = tiny_model_file.read_bytes()
    outcome = distill("train", recordings, "--out", tiny_model_file)
    assert outcome.status == 1
    assert "--overwrite" in outcome.sentence
    assert distill("train", recordings, "--out", tiny_model_file, "--resume").status == 1
    assert tiny_model_file.read_bytes() == before
    outcome = distill("train", recordings, "--out", tiny_model_file, "--overwrite", "--epochs", "1")
    assert outcome.status == 0
    assert read_header(tiny_model_file).name == "recordings"


def test_a_folder_without_recordings_is_one_sentence_and_keeps_the_old_model(
    distill: Distill, tmp_path: Path, tiny_model_file: Path
) -> None:
    before = tiny_model_file.read_bytes()
    (tmp_path / "nothing").mkdir()
    for folder in ("nothing", "nowhere"):
        outcome = distill("train", tmp_path / folder, "--out", tiny_model_file, "--overwrite", "--epochs", "1")
        assert outcome.status == 1
        assert outcome.sentence
    assert tiny_model_file.read_bytes() == before


@pytest.mark.parametrize("budget", [["--minutes", "-1"], ["--minutes", "nan"], ["--epochs", "0"], ["--seed", "-1"]])
def test_an_impossible_budget_is_a_usage_error(
    distill: Distill, recordings: Path, tmp_path: Path, budget: list[str]
) -> None:
    outcome = distill("train", recordings, "--out", tmp_path / "x.distillgan", *budget)
    assert outcome.status == 2
    assert outcome.sentence


def test_a_training_suspended_by_a_command_is_resumed(
    distill: Distill, recordings: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of standard input, after the window has crashed, suspends it as well."""
    out = tmp_path / "plucks.distillgan"
    arguments = ("train", recordings, "--out", out, "--epochs", "3", "--resume", "--json")
    for commands in ('{"command": "leave"}\n', "no command\n"):
        monkeypatch.setattr("sys.stdin", io.StringIO(commands))
        outcome = distill(*arguments, "--commands")
        assert outcome.status == 1
        assert "--resume" in outcome.values["error"]
        assert not out.exists()
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    outcome = distill(*arguments)
    assert outcome.status == 0
    assert (outcome.values["training"]["steps"], outcome.values["stopped"]) == (3, False)
    assert not checkpoint_path(out).parent.exists()


def test_progress_lines_for_a_program(distill: Distill, recordings: Path, notes: list[str], tmp_path: Path) -> None:
    (recordings / "letter.txt").write_text("not a sound")
    arguments = ("--out", tmp_path / "a.distillgan", "--epochs", "2", "--progress", "json", "--json", "--threads", "1")
    outcome = distill("train", recordings, *arguments)
    assert outcome.values["training"]["steps"] == 2
    lines = [TrainingStatus.from_json(line) for line in outcome.err.splitlines()]
    known = [line for line in lines if line is not None]
    assert len(known) == len(lines)
    assert list(dict.fromkeys(line.stage for line in known)) == ["scan", "train", "analyse", "save"]
    assert [name for line in known for name, _ in line.skipped] == ["letter.txt"]
    assert [note for line in known for note in line.notes] == notes
    (setup,) = [line for line in known if line.memory_bytes]
    assert (setup.device, setup.threads) == ("cpu", 1)
    last = [line for line in known if line.stage == "train"][-1]
    assert (last.step, last.fraction, last.remaining_seconds) == (2, 1.0, 0.0)
    assert last.best_error_db is not None
    assert last.loss is not None


def test_zero_threads_are_a_usage_error(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    outcome = distill("train", recordings, "--out", tmp_path / "a.distillgan", "--threads", "0")
    assert outcome.status == 2
    assert outcome.sentence


def test_training_from_a_project_lists_its_model(distill: Distill, recordings: Path, tmp_path: Path) -> None:
    project = tmp_path / "Kitchen.distillproject"
    distill("project", "new", project)
    distill("project", "add", project, recordings, "--one-shots", "--name", "Plucks")
    outcome = distill("train", "--project", tmp_path / "Kitchen", "--epochs", "1", "--seed", "4", "--json")
    assert outcome.status == 0
    out = project / "models" / "Kitchen.distillgan"
    assert outcome.values["project"] == {"folder": str(project), "listed": True}
    (model,) = read_project(project).project.models
    assert (model.file, model.corpora, model.epochs, model.seed) == (out, ("Plucks",), 1, 4)
    assert load_model(out).header.corpus


def test_a_model_of_a_project_that_is_open_in_a_window_is_written_and_not_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    project = create_project(tmp_path / "Kitchen")
    spec = ModelSpec((), tmp_path / "a.distillgan", minutes=1.0)
    with ProjectFile(project):
        assert not list_model(project, spec)
    assert "is written, but not listed in the project" in capsys.readouterr().err
    assert list_model(project, spec)
    assert [model.file for model in read_project(project).project.models] == [tmp_path / "a.distillgan"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (["FOLDER"], "Say with --out"),
        (["--out", "a.distillgan"], "Give folders of recordings"),
        (["FOLDER", "--project", "p"], "the project says all"),
        (["--project", "p"], "There is no project"),
    ],
)
def test_training_requires_a_corpus(distill: Distill, recordings: Path, asked: list[str], sentence: str) -> None:
    outcome = distill("train", *(str(recordings) if word == "FOLDER" else word for word in asked))
    assert outcome.status == 2
    assert sentence in outcome.sentence


def test_continuing_from_a_model_keeps_its_recordings_and_sliders(
    distill: Distill, recordings: Path, tiny_model_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "more.distillgan"
    outcome = distill("train", recordings, "--out", out, "--epochs", "1", "--continue", tiny_model_file, "--json")
    assert outcome.status == 0
    assert {file.name for file in read_header(out).corpus} > {"a.wav"}
    assert outcome.values["training"]["continued_from"] == "Tiny"
    assert not checkpoint_path(out).parent.exists()
    gone = distill("train", recordings, "--out", out, "--overwrite", "--continue", tmp_path / "no.distillgan")
    assert gone.status == 1
    assert "no.distillgan" in gone.sentence

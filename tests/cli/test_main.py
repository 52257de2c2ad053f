"""Behaviour that all commands share: exit statuses, one sentence on standard error, one JSON object for scripts."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from distill_app import __version__
from distill_app.cli import main, vocoders
from tests.cli.conftest import Distill

HEAVY = {"torch", "torchaudio"}


def _run(*arguments: str, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=60, **options)  # type: ignore[call-overload]


def test_version_prints_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"distill {__version__}\n"


@pytest.mark.parametrize(
    "code",
    [
        "import distill_app.cli.main as cli; cli.main(['vocoders'])",
        "import distill_app.app",
        "import distill_app.common.display, distill_app.headless",
        "import distill_app.ui.app.launch",
        "import distill_app.ui.app.main_window",
    ],
)
def test_quick_commands_do_not_import_torch(code: str) -> None:
    done = _run("-c", f"{code}\nimport sys; print(sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)")
    assert done.stderr.strip() == "[]"


def test_parsing_arguments_imports_neither_qt_nor_numpy() -> None:
    done = _run("-c", "import distill_app.cli, sys; print({'PySide6', 'numpy'} & sys.modules.keys())")
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["sing"],
        ["render"],
        ["render", "out.wav", "--mode", "loud"],
        ["render", "out.wav", "--bits", "8"],
        ["render", "out.wav", "--rate", "CD"],
        ["render", "out.wav", "--seconds", "long"],
        ["train", "folder"],
        ["train", "folder", "--out", "x.distillgan", "--minutes", "1", "--epochs", "1"],
        ["vocode", "in.wav"],
        ["info"],
        ["bench", "--only", "everything"],
        ["vocoders", "--js"],
    ],
)
def test_a_usage_error_is_status_2_and_one_sentence(distill: Distill, arguments: list[str]) -> None:
    outcome = distill(*arguments)
    assert outcome.status == 2
    assert outcome.sentence
    assert outcome.out == ""


def test_with_json_a_failure_is_one_json_object(distill: Distill) -> None:
    for arguments, status in ((["render", "--json"], 2), (["info", "nothing.distillgan", "--json"], 1)):
        outcome = distill(*arguments)
        assert outcome.status == status
        assert outcome.values == {"error": outcome.sentence}


def test_an_unexpected_failure_names_the_log(distill: Distill, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def torn(_: object) -> None:
        raise RuntimeError("the tape tore")

    monkeypatch.setattr(vocoders, "run", torn)
    outcome = distill("vocoders")
    assert outcome.status == 1
    log = next((tmp_path / ".home").rglob("distill.log"))
    assert outcome.sentence.endswith(f"the details are in {log}.")
    assert "in torn" in log.read_text()


def test_a_closed_pipe_is_no_failure() -> None:
    code = (
        "import sys; from distill_app.cli.main import main; "
        "sys.stdout.close = lambda: None; sys.exit(main(['vocoders']))"
    )
    command = f"{sys.executable} -c {code!r} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command.replace(code, code)], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.strip() in ("0", "1")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no such device")
@pytest.mark.parametrize(
    ("command", "target", "words"),
    [
        ("distill_app.cli vocoders", ">&-", "it is closed"),
        ("distill_app.cli vocoders --json", ">/dev/full", "No space left on device"),
        ("distill_app.cli --help", ">/dev/full", "No space left on device"),
        ("distill_app.app --version", ">/dev/full", "No space left on device"),
    ],
)
def test_unprintable_output_is_a_failure_with_one_sentence(command: str, target: str, words: str) -> None:
    line = f"{sys.executable} -m {command} {target}"
    done = subprocess.run(["bash", "-c", line], stderr=subprocess.PIPE, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (1, f"Standard output cannot be written to ({words}).\n")


def test_without_standard_streams_the_work_is_done(tmp_path: Path) -> None:
    line = f"{sys.executable} -m distill_app.cli project new {tmp_path / 'Kitchen'} >/dev/null"
    for target in ("2>&-", "2>/dev/full"):
        done = subprocess.run(["bash", "-c", f"{line} {target}"], timeout=60)
        assert done.returncode == (0 if target == "2>&-" else 1), "the second one is there already"
    assert (tmp_path / "Kitchen.distillproject" / "project.json").is_file()


LONG = "x" * 300


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["project", "show", "/"], 2),
        (["project", "show", LONG], 2),
        (["project", "new", LONG], 1),
        (["project", "new", "/"], 1),
        (["corpus", "--corpora", LONG], 1),
        (["corpus", LONG], 1),
        (["corpus", ".", "--exclude", LONG], 2),
        (["info", LONG], 1),
        (["info", f"{LONG}.distillgan"], 1),
        (["render", f"{LONG}.wav"], 1),
        (["render", "--vocoder", LONG, "a.wav"], 2),
        (["train", ".", "--out", f"{LONG}.distillgan"], 1),
        (["vocode", f"{LONG}.wav", "a.wav"], 1),
        (["render", "--model", f"{LONG}.distillgan", "a.wav"], 1),
    ],
)
def test_a_name_that_no_file_system_takes_is_one_sentence(
    distill: Distill, arguments: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = distill(*arguments)
    assert outcome.status == status
    assert "Something went wrong" not in outcome.sentence


def test_a_named_pipe_is_refused_without_waiting(
    distill: Distill, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("m.distillgan", "c.json", "s.wav"):
        os.mkfifo(tmp_path / name)
    for arguments in (
        ["info", "m.distillgan"],
        ["render", "--model", "m.distillgan", "a.wav"],
        ["corpus", "--corpora", "c.json"],
        ["vocode", "s.wav", "a.wav"],
        ["corpus", "s.wav"],
    ):
        outcome = distill(*arguments)
        assert outcome.status == 1, arguments
        assert "Something went wrong" not in outcome.sentence
    assert "pipe" in distill("corpus", ".").out


def test_ctrl_c_prints_one_word_and_no_traceback(distill: Distill, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(vocoders, "run", interrupted)
    outcome = distill("vocoders")
    assert (outcome.status, outcome.sentence) == (130, "Stopped.")


@pytest.mark.parametrize(("ending", "status", "words"), [("SIGINT", 130, "Stopped."), ("SIGTERM", 143, "")])
def test_ctrl_c_swallowed_by_an_import_is_no_internal_error(
    distill: Distill, monkeypatch: pytest.MonkeyPatch, ending: str, status: int, words: str
) -> None:
    """Torch continues without numpy where that cannot be imported, and fails later."""

    def imported(_: object) -> None:
        with suppress(BaseException):
            signal.raise_signal(getattr(signal, ending))
        raise ImportError("cannot load module more than once per process")

    monkeypatch.setattr(vocoders, "run", imported)
    outcome = distill("vocoders")
    assert (outcome.status, outcome.err.strip()) == (status, words)


def test_a_wrong_command_is_answered_with_the_listed_commands(distill: Distill) -> None:
    outcome = distill("renderer")
    assert outcome.status == main.WRONG_USE
    assert "'render', 'corpus'" in outcome.err
    assert "run-training" not in outcome.err


def test_every_argument_of_every_command_is_explained() -> None:
    (commands,) = [action.choices for action in main.parser()._actions if isinstance(action.choices, dict)]
    assert len(commands) == len(main.ALL_COMMANDS)
    for name, command in commands.items():
        assert [action.dest for action in command._actions if not action.help] == [], name


def test_vocoders_lists_what_render_takes(distill: Distill) -> None:
    assert "griffin-lim" in distill("vocoders").out
    known = distill("vocoders", "--json").values["vocoders"]
    assert [each["default"] for each in known].count(True) == 1
    assert known[0]["mel_format"]["sample_rate"] == 44_100

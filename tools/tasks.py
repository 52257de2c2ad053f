"""Tasks of the Makefile, also for a machine without make: python tools/tasks.py TASK (run, test, check, bench …)."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import environment

LINT = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("lint-imports",),
    ("python", "-m", "tools.style_check"),
)
"""Programs of the environment that `make check` runs."""

PARALLEL = ("-n", "auto", "--maxprocesses", "8", "--dist", "worksteal")
"""For pytest: a process for each processor. `-n 0` among the arguments runs in one, where a debugger works."""

COVERAGE = ("--cov", "--cov-report=term:skip-covered", "--cov-report=html")


def run(arguments: list[str]) -> int:
    return call("distill-app", *arguments)


CHECKED = environment.ROOT / "build" / "checked"
"""Fingerprint of the files that passed `make check` last."""
CHECKED_FILES = ("distill_app/**/*.py", "tests/**/*.py", "tools/**/*.py", "pyproject.toml", "requirements.lock")


def lint(_: list[str]) -> int:
    return next(filter(None, (call(*command) for command in LINT)), 0)


def check(_: list[str]) -> int:
    """Lint, but at once where no file has changed since it passed last."""
    fingerprint = _fingerprint()
    if CHECKED.is_file() and CHECKED.read_text() == fingerprint:
        print("Checked before, and nothing has changed since.")
        return 0
    status = lint([])
    if status == 0:
        CHECKED.parent.mkdir(exist_ok=True)
        CHECKED.write_text(fingerprint)
    return status


def _fingerprint() -> str:
    """SHA-256 of the names and contents of all files that are checked."""
    paths = sorted(path for pattern in CHECKED_FILES for path in environment.ROOT.glob(pattern))
    parts = (part for path in paths for part in (str(path).encode(), path.read_bytes()))
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def test_fast(arguments: list[str]) -> int:
    """Tests that need no torch."""
    return call("pytest", *PARALLEL, "--no-torch", *arguments)


def coverage(arguments: list[str]) -> int:
    """All tests, with a table of the lines that none runs and a page for each file in build/coverage."""
    environment.ensure_test_programs()
    return call("pytest", *PARALLEL, *COVERAGE, *arguments)


def style(arguments: list[str]) -> int:
    return call("python", "-m", "tools.style_check", *arguments)


def test(arguments: list[str]) -> int:
    """Tests, with lint, types and import contracts beside them, whose report comes as soon as it is there."""
    environment.ensure_test_programs()
    with ThreadPoolExecutor(1) as beside:
        checks = beside.submit(_checks)
        tested = call("pytest", *PARALLEL, *arguments)
        return checks.result() or tested


def _checks() -> int:
    """Runs `lint` in a process of its own and prints its report at once. Its exit status."""
    command = [sys.executable, __file__, "lint"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    print(f"\n{done.stdout}", end="", flush=True)
    if done.returncode:
        print("Lint, types or import contracts failed; their report is above.", file=sys.stderr, flush=True)
    return done.returncode


def bench(arguments: list[str]) -> int:
    """The networks come last, and not where a part was asked for."""
    return call("distill", "bench", *arguments) or (0 if arguments else bench_networks([]))


def bench_compare(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_compare", *arguments)


def bench_architectures(arguments: list[str]) -> int:
    return call("python", "tools/bench_architectures.py", *arguments)


def bench_vocoder(arguments: list[str]) -> int:
    environment.ensure_bench()
    return call("python", "-m", "tools.bench_vocoder", *arguments)


def bench_networks(arguments: list[str]) -> int:
    environment.ensure_baselines()
    return call("python", "-m", "tools.bench_networks", *arguments)


def bench_live(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_live", *arguments)


def bench_train(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_train", *arguments)


def bench_onnx(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_onnx", *arguments)


def bench_sound(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_sound", *arguments)


def bench_sliders(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_sliders", *arguments)


def bench_grain(arguments: list[str]) -> int:
    return call("python", "-m", "tools.bench_grain", *arguments)


def hub_demo(arguments: list[str]) -> int:
    return call("python", "-m", "tools.hub_demo", *arguments)


def call(program: str, *arguments: str) -> int:
    """Runs a program of the environment and answers its exit status."""
    return subprocess.call([environment.program(program), *arguments], cwd=environment.ROOT)


TASKS = {
    "run": run,
    "test": test,
    "test-fast": test_fast,
    "coverage": coverage,
    "lint": lint,
    "check": check,
    "style": style,
    "bench": bench,
    "bench-compare": bench_compare,
    "bench-architectures": bench_architectures,
    "bench-vocoder": bench_vocoder,
    "bench-live": bench_live,
    "bench-networks": bench_networks,
    "bench-train": bench_train,
    "bench-onnx": bench_onnx,
    "bench-sound": bench_sound,
    "bench-sliders": bench_sliders,
    "bench-grain": bench_grain,
    "hub-demo": hub_demo,
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in TASKS:
        print(__doc__, file=sys.stderr)
        return 2
    name, *rest = arguments
    environment.ensure()
    if name in ("test", "test-fast", "coverage", "lint", "check"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process that a test starts compiles the app again
    return TASKS[name](rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

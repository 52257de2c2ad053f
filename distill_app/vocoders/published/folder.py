"""A vocoder in a folder as its authors publish it: what it is, and ready to use. Torch comes late."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill_app.common.errors import VocoderError
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.networks.config import GeneratorConfig
from distill_app.vocoders.networks.flops import Cost, cost, is_live
from distill_app.vocoders.published.loader import PublishedFiles, find_files, folder_name, read_published
from distill_app.vocoders.runtime.compute_config import ComputeConfig

if TYPE_CHECKING:
    from distill_app.vocoders.network_vocoder import NetworkVocoder

_FAMILIES: Mapping[str, str] = {
    "bigvgan": "BigVGAN",
    "convnext": "Distill's own kind",
    "hifigan": "HiFi-GAN",
    "vocos": "Vocos",
}


@dataclass(frozen=True)
class VocoderFolder:
    """What lies in a folder.

    Args:
        title: the folder's name, or the checkpoint's where it was chosen itself.
        family: of networks, in the words of its authors.
        config: the network.
        cost: of it.
        files: what it is read from.
    """

    title: str
    family: str
    config: GeneratorConfig
    cost: Cost
    files: PublishedFiles


def describe(path: Path) -> VocoderFolder:
    """What lies in a folder, or in one file of it, by names and config alone. Raises VocoderError."""
    config, files = read_published(path), find_files(path)
    title = path.stem if path == files.weights else folder_name(files.weights.parent)
    return VocoderFolder(title, _FAMILIES[config.family], config, cost(config), files)


def folder_info(found: VocoderFolder) -> VocoderInfo:
    """Of a vocoder that is used where it lies."""
    return VocoderInfo(
        id=found.title,
        title=found.title,
        summary=f"{found.family}, in a folder of yours.",
        mel_format=found.config.mel_format,
        parameters=found.cost.parameters,
        licence="",
        live=is_live(found.cost.gmac_per_second),
        size_bytes=found.files.weights.stat().st_size,
    )


def load_folder(path: Path, info: VocoderInfo, compute: ComputeConfig) -> "NetworkVocoder":
    """The vocoder with the weights that lie there. Raises VocoderError where they are missing, damaged or others."""
    from distill_app.vocoders.network_vocoder import NetworkVocoder
    from distill_app.vocoders.published.loader import load_published
    from distill_app.vocoders.runtime.selection import select_runtime

    network, config = load_published(path)
    if config.mel_format != info.mel_format:
        raise VocoderError(
            f"What lies in “{path.name}” is another vocoder than {info.title}; remove it and get it again."
        )
    return NetworkVocoder(info, select_runtime(network, config, info, compute), config.context_frames, compute)

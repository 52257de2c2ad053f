"""Vocoders in published folders: description and loading. torch is imported late."""

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
    """Description of the vocoder in a folder.

    Args:
        title: name of the folder, or of the checkpoint if that was chosen.
        family: name that its authors gave the network.
        config: the network.
        cost: its size and speed.
        files: its config and weights.
    """

    title: str
    family: str
    config: GeneratorConfig
    cost: Cost
    files: PublishedFiles


def describe(path: Path) -> VocoderFolder:
    """Description of the vocoder in a folder or of one file in it, without reading weights. Raises VocoderError."""
    config, files = read_published(path), find_files(path)
    title = path.stem if path == files.weights else folder_name(files.weights.parent)
    return VocoderFolder(title, _FAMILIES[config.family], config, cost(config), files)


def folder_info(folder: VocoderFolder) -> VocoderInfo:
    """Selector entry of a vocoder that is used without importing it."""
    return VocoderInfo(
        id=folder.title,
        title=folder.title,
        summary=f"{folder.family}, in a folder of yours.",
        mel_format=folder.config.mel_format,
        parameters=folder.cost.parameters,
        licence="",
        live=is_live(folder.cost.gmac_per_second),
        size_bytes=folder.files.weights.stat().st_size,
    )


def load_folder(path: Path, info: VocoderInfo, compute: ComputeConfig) -> "NetworkVocoder":
    """Load the vocoder of a folder. Raises VocoderError where they are missing, damaged or others."""
    from distill_app.vocoders.network_vocoder import NetworkVocoder
    from distill_app.vocoders.published.loader import load_published
    from distill_app.vocoders.runtime.selection import select_runtime

    network, config = load_published(path)
    if config.mel_format != info.mel_format:
        raise VocoderError(f"“{path.name}” holds another vocoder than {info.title}; remove it and get it again.")
    return NetworkVocoder(info, select_runtime(network, config, info, compute), config.context_frames, compute)

"""`distill vocoders`: what can turn a mel into sound."""

import argparse
from typing import Any

from distill_app.cli.arguments import Commands, add_command, add_json
from distill_app.cli.report import Report, table
from distill_app.vocoders.base import VocoderInfo
from distill_app.vocoders.catalogue import DEFAULT_VOCODER, vocoders


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "vocoders", run, "list the vocoders there are")
    add_json(parser)


def run(_: argparse.Namespace) -> Report:
    known = vocoders()
    rows = [("NAME", "TITLE", "PARAMETERS", "LICENCE", ""), *map(_row, known)]
    return Report({"vocoders": [_values(info) for info in known]}, table(rows))


def _row(info: VocoderInfo) -> tuple[str, ...]:
    return info.id, info.title, f"{info.parameters:,}", info.licence, info.summary


def _values(info: VocoderInfo) -> dict[str, Any]:
    return {
        "id": info.id,
        "title": info.title,
        "summary": info.summary,
        "default": info.id == DEFAULT_VOCODER,
        "sample_rate": info.mel_format.sample_rate,
        "mel_format": info.mel_format.to_dict(),
        "parameters": info.parameters,
        "licence": info.licence,
    }

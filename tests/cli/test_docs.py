"""docs/cli.md names every command and every option."""

import argparse
import re
from collections.abc import Iterator

import pytest

from distill_app.cli.main import parser
from tests.paths import ROOT

PAGE = (ROOT / "docs" / "cli.md").read_text("utf-8")
SHARED = {"--help", "--json", "--overwrite"}


def _subparsers(of: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    found = [action.choices for action in of._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(found[0]) if found else {}


def _options(of: argparse.ArgumentParser) -> Iterator[str]:
    for action in of._actions:
        yield from (name for name in action.option_strings if name.startswith("--"))
    for command in _subparsers(of).values():
        yield from _options(command)


def _section(command: str) -> str:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (section,) = [text for text in sections if text.startswith(f"{command}\n")]
    return section


def _listed() -> list[str]:
    """Commands that the help lists."""
    (action,) = [each for each in parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return sorted(choice.dest for choice in action._choices_actions)


def test_every_command_has_a_section_and_a_line_in_the_table() -> None:
    assert "render" in _listed()
    assert [name for name in _listed() if f"\n## {name}\n" not in PAGE] == []
    assert [name for name in _listed() if f"| [`{name}`](#{name}) |" not in PAGE] == []


@pytest.mark.parametrize("command", _listed())
def test_every_option_is_described(command: str) -> None:
    options = set(_options(_subparsers(parser())[command])) - SHARED
    described = set(re.findall(r"--[a-z][a-z-]*", _section(command)))
    assert options - described == set()
    assert described - options - SHARED == set()
    assert {"--json", "--overwrite"} <= set(re.findall(r"--[a-z]+", PAGE))

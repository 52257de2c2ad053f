"""The style check finds what it is there for. `make style` runs it over the project."""

import textwrap

import pytest

from tools.style_check.__main__ import check
from tools.style_check.sizes import MODULE_LINES
from tools.style_check.source import Finding, Source, read_sources


def findings(**files: str) -> list[Finding]:
    """Findings in files given by path: `__` stands for a slash."""
    return check([Source(f"{_path(name)}.py", textwrap.dedent(text)) for name, text in files.items()])


def _path(name: str) -> str:
    return name if "/" in name else name.replace("__", "/")


def rules(**files: str) -> list[str]:
    return [finding.rule for finding in findings(**files)]


def test_a_finding_names_file_line_and_remedy() -> None:
    [found] = findings(tests__test_a='"""Tests."""\n\nteller = 1\n')
    assert str(found) == "tests/test_a.py:3: word: “teller” in `teller`; better: reporter, fake"


def test_plain_code_passes() -> None:
    text = '''
    """Gains."""

    LIMIT = 1.0
    """Largest gain."""


    def clip(gain: float) -> float:
        """Gain of at most `LIMIT`.

        Of course a handler may be outstanding. By hand, that is.
        """
        return min(gain, LIMIT)
    '''
    assert rules(distill_app__dsp__gain=text) == []


def test_it_reads_the_whole_project() -> None:
    paths = {source.path for source in read_sources()}
    assert {"distill_app/app.py", "tests/test_style.py", "tools/tasks.py"} <= paths


@pytest.mark.parametrize(
    "closing",
    [
        "from distill_app.a import one",
        "import distill_app.a",
        "def late():\n    from distill_app.a import one\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from distill_app.a import one\n",
    ],
)
def test_circle_of_imports(closing: str) -> None:
    longer = {"distill_app__a": "from distill_app.b import two", "distill_app__b": "import distill_app.c"}
    assert rules(**longer, distill_app__c=closing) == ["circle"]
    assert rules(**longer, distill_app__c="") == []


def test_two_classes_of_one_name() -> None:
    assert rules(distill_app__a="class Player: ...", distill_app__b="class Player: ...") == ["same-class"]
    assert rules(distill_app__a="class _Player: ...", distill_app__b="class _Player: ...") == []
    assert rules(distill_app__a="class Player: ...", tests__b="class Player: ...") == []


def test_two_modules_of_one_name() -> None:
    assert rules(distill_app__a__device="", distill_app__a__devices="") == ["same-module"]
    assert rules(distill_app__device="", **{"distill_app/device/__init__": ""}) == ["same-module"]
    assert rules(distill_app__a__device="", distill_app__b__device="") == []


@pytest.mark.parametrize(
    "line",
    ["The same, backwards.", "Of the loop.", "See the module.", "What is made small.", "Silently.", "No punctuation"],
)
@pytest.mark.parametrize(
    "place", ['"""{}"""', 'class A:\n    """{}"""', 'def a():\n    """{}"""', 'class A:\n    b: int\n    """{}"""']
)
def test_docstring_that_does_not_stand_alone(line: str, place: str) -> None:
    assert rules(tests__a=place.format(line)) == ["docstring"]


@pytest.mark.parametrize(
    "text",
    [
        "the_hand = 1",
        "def told(): ...",
        "class RecordKeeper: ...",
        "a.deed()",
        "# The person decides.",
        '"""Standing of a training."""',
        '"""Files.\n\nThe desk lies below.\n"""',
    ],
)
def test_word_of_a_private_vocabulary(text: str) -> None:
    assert rules(tools__a=text) == ["word"]


@pytest.mark.parametrize("text", ["handle = 1", "Qt.PointingHandCursor", "# Outstanding, by hand.", "low_shelf = 1"])
def test_plain_word(text: str) -> None:
    assert rules(tools__a=text) == []


def test_long_module() -> None:
    assert rules(distill_app__a="\n" * (MODULE_LINES + 1)) == ["module-length"]
    assert rules(distill_app__a="\n" * MODULE_LINES) == []


def test_long_functions() -> None:
    long = "def a():\n" + "    b()\n" * 12
    short = "\n".join(f"def a{index}():\n    b()\n" for index in range(20))
    assert rules(distill_app__a=long) == ["function-length"]
    assert rules(distill_app__a=long + short) == []


def test_docstring_does_not_count_as_length() -> None:
    text = "\n".join(f"    Line {index}." for index in range(20))
    assert rules(distill_app__a=f'def a():\n    """Sum.\n\n{text}\n    """\n    return 1\n') == []


@pytest.mark.parametrize(
    "text",
    [
        "label.setText('Export')",
        "label.setText(f'{count} files were read')",
        "Message('error', 'The file is gone.')",
        "WORDS = ('Play the sound', )",
    ],
)
def test_text_of_the_window_that_is_not_translated(text: str) -> None:
    assert rules(distill_app__ui__a=text) == ["translation"]
    assert rules(distill_app__cli__a=text) == []


@pytest.mark.parametrize(
    "text",
    [
        "label.setText(tr('{count} files were read').format(count=3))",
        "raise ValueError('It is no number.')",
        "label.setObjectName('Big label')",
        "a = kind == 'Export'",
        "label.setText(f'{name}: {count}')",
    ],
)
def test_text_that_needs_no_translation(text: str) -> None:
    assert rules(distill_app__ui__a=text) == []

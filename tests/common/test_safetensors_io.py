"""Tensors and a header come back; a file that is not ours says so before anything is read."""

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from distill_app.common.safetensors_io import read_metadata, read_tensors, write_tensors


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    tensors = {"a": torch.randn(2, 3).T.requires_grad_(), "b": torch.tensor(5)}
    write_tensors(path, tensors, "“words”")
    found = read_tensors(path)
    assert read_metadata(path) == "“words”"
    assert torch.equal(found["a"], tensors["a"])
    assert found["b"].item() == 5


def test_what_was_read_does_not_change_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors(path, {"a": torch.ones(1_000)}, "")
    found = read_tensors(path)
    path.write_bytes(bytes(path.stat().st_size))
    assert (found["a"] == 1).all()


def test_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors(path, {"a": torch.ones(3)}, "old")

    def full(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="no room"):
        write_tensors(path, {"a": torch.zeros(3)}, "new")
    assert read_metadata(path) == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_numbers_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors(path, {"a": torch.tensor([1.0, float("inf")])}, "")
    with pytest.raises(ValueError, match="finite"):
        read_tensors(path)


@pytest.mark.parametrize(
    "contents",
    [
        b"",
        b"\x02",
        b"\xff" * 16,
        (10**12).to_bytes(8, "little") + b"{}",
        b"\x02" + bytes(7) + b"{}",
        b"\x02" + bytes(7) + b"[]",
        b"\x03" + bytes(7) + b"{a}",
        (200_000).to_bytes(8, "little") + b"[" * 200_000,
    ],
)
def test_bytes_of_another_kind_have_no_header(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / "t").write_bytes(contents)
    with pytest.raises(ValueError, match=r"\w"):
        read_metadata(tmp_path / "t")


def test_foreign_metadata_is_refused(tmp_path: Path) -> None:
    save_file({"a": torch.ones(1)}, tmp_path / "t", {"format": "pt"})
    with pytest.raises(ValueError, match="ours"):
        read_metadata(tmp_path / "t")
    header = json.dumps({"__metadata__": {"distill": 5}}).encode()
    (tmp_path / "u").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ValueError, match="ours"):
        read_metadata(tmp_path / "u")

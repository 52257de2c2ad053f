"""Wrong, damaged or hostile folders are refused with one sentence, and nothing in them is run."""

import io
import os
import pickle
import shutil
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import VocoderError
from distill_app.vocoders.published import torch_checkpoint
from distill_app.vocoders.published.loader import load_published, read_published
from tests.vocoders.published.published_folders import (
    BIGVGAN,
    HIFIGAN,
    VOCOS,
    WEIGHTS,
    folder_like,
    official_state,
    with_json,
    with_state,
    with_yaml,
)


def assert_refused(folder: Path, reason: str) -> None:
    with pytest.raises(VocoderError, match=reason) as failure:
        load_published(folder)
    sentence = str(failure.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert len(sentence) < 300


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"upsample_rates": [8, 8, 2, 4]}, r"8·8·2·4 = 512 times where its mel has a hop of 256"),
        ({"hop_size": 512}, r"8·8·2·2 = 256 times where its mel has a hop of 512"),
        ({"upsample_rates": [8, 8, 4]}, "every up-sampling rate has its kernel"),
        ({"upsample_rates": []}, "1 to 16"),
        ({"upsample_rates": [256] * 10**3}, "1 to 16"),
        ({"upsample_rates": [-8, 8, -2, 2]}, "whole number from 1 to 64"),
        ({"upsample_rates": ["8", 8, 2, 2]}, "“upsample_rates” is no list of whole numbers"),
        ({"upsample_rates": "8822"}, "“upsample_rates” is no list"),
        ({"upsample_kernel_sizes": [15, 16, 4, 4]}, "an even number more"),
        ({"upsample_initial_channel": 0}, "whole number from 1 to 2048"),
        ({"upsample_initial_channel": 10**9}, "whole number from 1 to 2048"),
        ({"upsample_initial_channel": "512"}, "“upsample_initial_channel” is no whole number"),
        ({"upsample_initial_channel": 30}, "halved"),
        ({"resblock": "3"}, "“resblock” is neither"),
        ({"resblock_kernel_sizes": [3, 7, 10]}, "odd"),
        ({"resblock_dilation_sizes": [1, 3, 5]}, "“resblock_dilation_sizes” is no list of whole numbers"),
        ({"resblock_dilation_sizes": [[1, 3, 5]] * 2}, "every residual kernel its dilations"),
        ({"num_mels": -80}, "mel format"),
        ({"num_mels": 80.0}, "“num_mels” is no whole number"),
        ({"num_mels": True}, "“num_mels” is no whole number"),
        ({"n_fft": 10**9, "win_size": 10**9}, "that large"),
        ({"sampling_rate": -22_050}, "mel format"),
        ({"sampling_rate": 10**400}, "cannot be used"),
        ({"fmin": "0"}, "“fmin” is no number"),
        ({"fmin": float("nan")}, "NaN in it is no number that can be used"),
        ({"fmax": 10**400}, "cannot be used"),
        ({"fmax": 20_000}, "mel format"),
        ({"activation": "relu"}, "the activation “relu” is unsupported"),
        ({"activation": "snake", "use_tanh_at_final": "yes"}, "neither true nor false"),
        ({"gen_istft_n_fft": 16}, "iSTFTNet is unsupported"),
        ({"model_type": "hifigan"}, "transformers library is unsupported"),
    ],
)
def test_configs_that_describe_no_network_are_refused(tmp_path: Path, values: dict[str, Any], reason: str) -> None:
    folder = with_json(folder_like(HIFIGAN, tmp_path), values)
    (folder / "generator.pt").write_bytes(b"")  # not even looked at
    with pytest.raises(VocoderError, match=reason):
        read_published(folder)


@pytest.mark.parametrize(
    "name", ["upsample_rates", "resblock", "n_fft", "hop_size", "win_size", "num_mels", "sampling_rate", "fmin", "fmax"]
)
def test_a_missing_value_is_named(tmp_path: Path, name: str) -> None:
    assert_refused(with_json(folder_like(HIFIGAN, tmp_path), {}, without=name), f"config.json .*: “{name}” is missing")


@pytest.mark.parametrize(
    "text",
    ["", "[]", "5", "null", '{"resblock": "1"', "{" * 2_000, "[" * 10_000, "\x00", " " * 10**6, '{"a": ' + "9" * 5_000],
)
def test_configs_that_are_no_config_are_refused(tmp_path: Path, text: str) -> None:
    for name in (HIFIGAN, VOCOS):
        folder = folder_like(name, tmp_path)
        next(folder.glob("config.*")).write_text(text)
        assert_refused(folder, "cannot be used")


def test_a_config_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    (folder / "config.json").write_bytes("{}".encode("utf-16"))
    assert_refused(folder, "it is not a JSON file")


@pytest.mark.parametrize(
    ("part", "values", "reason"),
    [
        ("feature_extractor", {"padding": "valid"}, "“padding” is valid in one place and center in another"),
        ("feature_extractor", {"n_mels": 80}, "the number of bands is 80 in one place and 100 in another"),
        ("feature_extractor", {"n_mels": "100"}, "“n_mels” is no whole number"),
        ("feature_extractor", {"sample_rate": -1}, "mel format"),
        ("feature_extractor", {"mel_scale": "slaney"}, "mel filters of the scale “slaney” and the norm “None”"),
        ("feature_extractor", {"power": 2}, "“power” of “feature_extractor” is unsupported"),
        ("backbone", {"dim": 64}, "the width is 64 in one place and 32 in another"),
        ("backbone", {"num_layers": 0}, "whole number from 1 to 64"),
        ("backbone", {"num_layers": 10**6}, "whole number from 1 to 64"),
        ("backbone", {"intermediate_dim": -3}, "whole number from 1"),
        ("backbone", {"adanorm_num_embeddings": 4}, "bandwidths, is unsupported"),
        ("head", {"n_fft": 2_048}, "“n_fft” is 1024 in one place and 2048 in another"),
        ("head", {"hop_length": 300}, "“hop_length” is 256"),
        ("head", {"clip_audio": True}, "“clip_audio” of “head” is unsupported"),
    ],
)
def test_vocos_configs_that_describe_no_network_are_refused(
    tmp_path: Path, part: str, values: dict[str, Any], reason: str
) -> None:
    folder = with_yaml(folder_like(VOCOS, tmp_path), lambda config: config[part]["init_args"].update(values))
    assert_refused(folder, reason)


@pytest.mark.parametrize(
    ("part", "class_path", "reason"),
    [
        ("feature_extractor", "vocos.feature_extractors.EncodecFeatures", "EnCodec's codes are unsupported"),
        ("backbone", "vocos.models.VocosResNetBackbone", "“VocosResNetBackbone” as “backbone” is unsupported"),
        ("head", "vocos.heads.IMDCTCosHead", "“IMDCTCosHead” as “head” is unsupported"),
    ],
)
def test_other_kinds_of_vocos_are_unsupported(tmp_path: Path, part: str, class_path: str, reason: str) -> None:
    folder = folder_like(VOCOS, tmp_path)
    assert_refused(with_yaml(folder, lambda config: config[part].update(class_path=class_path)), reason)


def test_objects_in_a_config_are_not_built(tmp_path: Path) -> None:
    folder, witness = folder_like(VOCOS, tmp_path), tmp_path / "witness"
    (folder / "config.yaml").write_text(f"!!python/object/apply:os.mkdir ['{witness}']")
    assert_refused(folder, "it is damaged")
    assert not witness.exists()


LISTS = "\n".join(["a0: &a0 [0]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)])
MERGES = "\n".join(["a0: &a0 {x: 1}"] + [f"a{n}: &a{n}\n  <<: [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)])


@pytest.mark.parametrize(
    ("unfolding", "value", "by"),
    [
        (LISTS, "", ""),
        (LISTS, "class_path: vocos.heads.ISTFTHead", "class_path: *a29"),
        (LISTS, "padding: center", "padding: *a29"),
        (MERGES, "", ""),
    ],
)
def test_a_config_that_unfolds_to_any_size_is_refused(tmp_path: Path, unfolding: str, value: str, by: str) -> None:
    folder = folder_like(VOCOS, tmp_path)
    config = (folder / "config.yaml").read_text()
    assert value in config
    (folder / "config.yaml").write_text(f"{unfolding}\n{config.replace(value, by) if value else config}")
    assert_refused(folder, "it is damaged")


def test_a_deeply_nested_config_is_refused(tmp_path: Path) -> None:
    folder = folder_like(VOCOS, tmp_path)
    (folder / "config.yaml").write_text("[" * 60 + "]" * 60)
    assert_refused(folder, "it is damaged")


def test_a_mark_at_the_beginning_of_a_config_is_no_damage(tmp_path: Path) -> None:
    for name in (HIFIGAN, VOCOS):
        path = next(folder_like(name, tmp_path).glob("config.*"))
        plain = read_published(path.parent)
        path.write_text(path.read_text("utf-8"), "utf-8-sig")
        assert read_published(path.parent) == plain


def test_incomplete_folders_are_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nowhere", "There is no folder")
    assert_refused(tmp_path, "holds no vocoder: a config.json or config.yaml belongs beside the weights")
    folder = folder_like(HIFIGAN, tmp_path)
    (folder / "generator.pt").unlink()
    assert_refused(folder, "a config but no weights")
    (folder / "do_02500000").touch()
    assert_refused(folder, "“do_02500000”, which only a training needs")
    (folder / "do_02500000").rename(folder / "bigvgan_discriminator_optimizer.pt")
    assert_refused(folder, "“bigvgan_discriminator_optimizer.pt”, which only a training needs")
    (folder / "config.yaml").touch()
    assert_refused(folder, "two configs")


@pytest.mark.parametrize("name", ["notes.md", "starter.distillgan"])
def test_a_file_beside_a_vocoder_is_not_read_as_one(tmp_path: Path, name: str) -> None:
    (tmp_path / "own.safetensors").touch()
    (tmp_path / name).write_text("not a vocoder")
    assert_refused(tmp_path / name, f"“{name}” is no vocoder")


def test_two_safetensors_files_are_ambiguous(tmp_path: Path) -> None:
    for name in ("a.safetensors", "b.safetensors"):
        (tmp_path / name).touch()
    assert_refused(tmp_path, r"several checkpoints \(a.safetensors, b.safetensors\)")


class Program:
    """Object whose pickle makes a folder when it is read."""

    def __init__(self, witness: Path) -> None:
        self._witness = witness

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._witness),)


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize("name", [HIFIGAN, VOCOS])
def test_programs_in_a_checkpoint_are_not_run(tmp_path: Path, name: str, zipped: bool) -> None:
    folder, witness = folder_like(name, tmp_path), tmp_path / "witness"
    harmful: dict[str, Any] = {**official_state(name), "more": Program(witness)}
    torch.save(harmful, folder / WEIGHTS[name], _use_new_zipfile_serialization=zipped)
    assert_refused(folder, "asks for a program to be run, or is damaged: nothing of it was run")
    assert not witness.exists()
    torch.load(folder / WEIGHTS[name], weights_only=False)
    assert witness.exists()  # the trap was a real one


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_plain_pickles_are_not_run_either(tmp_path: Path) -> None:
    folder, witness = folder_like(HIFIGAN, tmp_path), tmp_path / "witness"
    (folder / "generator.pt").write_bytes(pickle.dumps(Program(witness)))
    assert_refused(folder, "generator.pt")
    assert not witness.exists()


def wider(state: dict[str, Tensor]) -> None:
    state["conv_pre.bias"] = torch.zeros(64)


def with_nan(state: dict[str, Tensor]) -> None:
    state["conv_post.bias"][0] = float("nan")


def with_infinity(state: dict[str, Tensor]) -> None:
    state["ups.0.weight_v"][3, 2, 1] = float("inf")


def without_direction(state: dict[str, Tensor]) -> None:
    state["ups.1.weight_v"].zero_()


@pytest.mark.filterwarnings("ignore:Validating sparse tensor", "ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (wider, "“conv_pre.bias” is 64 where 32 is wanted"),
        (lambda state: state.pop("conv_post.bias"), r"“conv_post.bias” \(1\) is missing"),
        (lambda state: state.update(more=torch.zeros(1)), "“more” is not part of such a network"),
        (lambda state: state.pop("ups.2.weight_g"), "weight"),
        (lambda state: state.pop("ups.2.weight_v"), "weight norm has two tensors"),
        (lambda state: state.update({"ups.2.weight_g": torch.ones(8, 1)}), "weight norm has two tensors"),
        (lambda state: state.update({"conv_pre.bias": torch.zeros(32, dtype=torch.long)}), "of another kind"),
        (lambda state: state.update({"conv_pre.bias": torch.zeros(32, dtype=torch.cfloat)}), "of another kind"),
        (lambda state: state.update({"conv_pre.bias": torch.zeros(32).to_sparse()}), "of another kind"),
        (lambda state: state.update({"conv_pre.bias": torch.zeros(32, device="meta")}), "of another kind"),
        (lambda state: state.update({"conv_pre.bias": torch.nested.nested_tensor([torch.zeros(32)])}), "another kind"),
        (with_nan, "“conv_post.bias” has numbers that are not finite"),
        (with_infinity, "“ups.0.weight” has numbers that are not finite"),
        (without_direction, "“ups.1.weight” has numbers that are not finite"),
    ],
)
def test_checkpoints_that_do_not_fit_are_refused(
    tmp_path: Path, change: Callable[[dict[str, Tensor]], Any], reason: str
) -> None:
    assert_refused(with_state(folder_like(HIFIGAN, tmp_path), change), reason)


def test_a_checkpoint_of_another_size_names_the_tensor(tmp_path: Path) -> None:
    folder = with_json(folder_like(HIFIGAN, tmp_path), {"upsample_initial_channel": 512})
    assert_refused(folder, "“conv_pre.weight” is 32×80×7 where 512×80×7 is wanted")


def test_a_checkpoint_of_another_family_is_refused(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    shutil.copy(folder_like(BIGVGAN, tmp_path) / WEIGHTS[BIGVGAN], folder / "generator.pt")
    assert_refused(folder, "does not belong to its config")


@pytest.mark.parametrize(
    "contents",
    [
        {"mpd": {}, "msd": {}, "optim_g": {}, "optim_d": {}, "steps": 1, "epoch": 1},
        {"state_dict": {}, "optimizer_states": []},
    ],
)
def test_states_of_a_training_are_named(tmp_path: Path, contents: dict[str, Any]) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    torch.save(contents, folder / "generator.pt")
    assert_refused(folder, "is the state of a training")


@pytest.mark.parametrize("contents", [{}, [], 5, {"generator": {}}, {"generator": 5}, {"a": "b"}, {5: torch.zeros(1)}])
def test_other_contents_are_no_generator(tmp_path: Path, contents: object) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    torch.save(contents, folder / "generator.pt")
    assert_refused(folder, "holds no generator")


@pytest.mark.parametrize("name", [HIFIGAN, BIGVGAN, VOCOS])
@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("zipped", [True, False])
def test_truncated_files_are_damaged(tmp_path: Path, name: str, share: float, zipped: bool) -> None:
    folder = folder_like(name, tmp_path)
    whole = checkpoint_bytes(name, zipped)
    (folder / WEIGHTS[name]).write_bytes(whole[: int(share * len(whole))])
    assert_refused(folder, "is damaged")


@cache
def checkpoint_bytes(name: str, zipped: bool) -> bytes:
    content = io.BytesIO()
    torch.save(official_state(name), content, _use_new_zipfile_serialization=zipped)
    return content.getvalue()


@pytest.mark.parametrize(
    "contents", [b"\xff" * 5_000, b"<html>not found</html>", b"version https://git-lfs", b"PK\3\4"]
)
def test_other_files_are_damaged(tmp_path: Path, contents: bytes) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    (folder / "generator.pt").write_bytes(contents)
    assert_refused(folder, "is damaged or was cut off")


def test_archives_that_could_unpack_to_any_size_are_refused(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    path = folder / "generator.pt"
    with zipfile.ZipFile(path) as whole:
        entries = {entry: whole.read(entry) for entry in whole.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, contents in entries.items():
            packed.writestr(name, contents)
    assert_refused(folder, "is damaged or was cut off")


def test_tensors_larger_than_their_file_are_refused_before_they_take_memory(tmp_path: Path) -> None:
    """One stored value can be expanded to any number of values; here to 3 GB."""
    values = {"upsample_initial_channel": 2_048, "resblock_kernel_sizes": [63]}
    values |= {"resblock_dilation_sizes": [[1] * 4]}
    folder = with_json(folder_like(HIFIGAN, tmp_path), values)
    from distill_app.vocoders.networks import build_generator

    with torch.device("meta"):
        wanted = build_generator(read_published(folder)).state_dict()
    one = torch.zeros(1)
    torch.save({name: one.expand(tensor.shape) for name, tensor in wanted.items()}, folder / "generator.pt")
    assert (folder / "generator.pt").stat().st_size < 10**6
    assert_refused(folder, "it is larger than any vocoder")


def test_files_larger_than_any_generator_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch_checkpoint, "BYTES_MAX", 100_000)
    assert_refused(folder_like(HIFIGAN, tmp_path), "has 364 kB, more than any generator")


def test_a_file_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VocoderError, match=r"“gone.pt” cannot be opened: No such file or directory\."):
        torch_checkpoint.read_checkpoint(tmp_path / "gone.pt")


def with_records(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Rewrite an archive with other records, each with the right checksum."""
    with zipfile.ZipFile(path) as whole:
        entries = {entry: whole.read(entry) for entry in whole.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as changed:
        for name, contents in entries.items():
            changed.writestr(name, change(name, contents))


def longer(record: str, more: int) -> Callable[[str, bytes], bytes]:
    def changed(name: str, contents: bytes) -> bytes:
        return (contents + bytes(4))[: len(contents) + more] if name == record else contents

    return changed


@pytest.mark.parametrize("name", [HIFIGAN, BIGVGAN, VOCOS])
@pytest.mark.parametrize("more", [-4, 4])
def test_no_neighbouring_bytes_become_weights(tmp_path: Path, name: str, more: int) -> None:
    path = folder_like(name, tmp_path) / WEIGHTS[name]
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        records = [each for each in archive.namelist() if "/data/" in each]
    assert len(records) >= 3
    for record in records[:: len(records) // 3]:
        path.write_bytes(whole)
        with_records(path, longer(record, more))
        with pytest.raises(VocoderError, match="damaged or was cut off"):
            torch_checkpoint.read_checkpoint(path)


def test_a_checkpoint_packed_anew_is_read(tmp_path: Path) -> None:
    path = folder_like(HIFIGAN, tmp_path) / WEIGHTS[HIFIGAN]
    with_records(path, lambda _, contents: contents)
    assert torch_checkpoint.read_checkpoint(path).keys()


@pytest.mark.parametrize("name", [HIFIGAN, BIGVGAN, VOCOS])
def test_a_changed_byte_of_a_weight_is_damage(tmp_path: Path, name: str) -> None:
    path = folder_like(name, tmp_path) / WEIGHTS[name]
    with zipfile.ZipFile(path) as archive:
        contents = archive.read(next(each for each in archive.namelist() if each.endswith("/data/5")))
    whole = path.read_bytes()
    place = whole.index(contents) + len(contents) // 2
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
    assert_refused(path.parent, "is damaged or was cut off")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_bytes_missing_in_a_checkpoint_of_the_older_format_are_damage(tmp_path: Path, share: float) -> None:
    path = folder_like(HIFIGAN, tmp_path) / WEIGHTS[HIFIGAN]
    torch.save(official_state(HIFIGAN), path, _use_new_zipfile_serialization=False)
    whole = path.read_bytes()
    place = int(share * len(whole))
    path.write_bytes(whole[:place] + whole[place + 4 :])
    assert_refused(path.parent, "is damaged or was cut off")


def test_weights_in_a_file_whose_name_is_no_unicode_are_read(tmp_path: Path) -> None:
    folder = folder_like(HIFIGAN, tmp_path)
    path = folder / os.fsdecode(b"g_\xff.pt")
    (folder / WEIGHTS[HIFIGAN]).rename(path)
    assert load_published(path)[1] == read_published(folder)

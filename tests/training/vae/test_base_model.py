"""A continued model keeps its earlier sounds and the order of its sliders."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from distill_app.common.errors import ModelFileError, TrainingError
from distill_app.common.training_paths import base_model_path
from distill_app.corpus.corpus import Corpus, Recording
from distill_app.corpus.mel_sources import MemoryMel
from distill_app.dsp.mel_format import MelFormat
from distill_app.models.model import DistillModel
from distill_app.models.model_file import load_model, save_model
from distill_app.models.pca_vae import PcaVAE
from distill_app.training.axes.alignment import align_components
from distill_app.training.axes.character import Components
from distill_app.training.vae import pca_init
from distill_app.training.vae.base_model import BaseModel
from distill_app.training.vae.build_model import build_model
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from distill_app.vocoders.built_in import BUILT_IN
from distill_app.vocoders.embedded.vocoder import AUTO, OWN, read_embedded, resolve_vocoder_id
from tests.embedded_vocoder import PASSED, embed, make_embedded
from tests.training.synthetic import factor_corpus

CONFIG = TrainingConfig(epochs=1, architecture={"name": "basis", "latent": 24, "width": 4}, batch=8)


@pytest.fixture(autouse=True, scope="module")
def _few_windows() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pca_init, "VARIED", 200)
        yield


def bumps(centre: int, nepers: float = 6) -> Corpus:
    """Sounds with a peak around one band, all other bands silent."""
    bands, random = torch.arange(128)[:, None], torch.Generator().manual_seed(centre)
    mels = []
    for _ in range(16):
        place, height = centre + 3 * torch.randn(1, generator=random), nepers + torch.rand(1, generator=random)
        mels.append(-9 + height * torch.exp(-(((bands - place) / 4) ** 2)).expand(-1, 150))
    return Corpus(tuple(Recording(f"{centre} {n}.wav", 1.7, MemoryMel(mel)) for n, mel in enumerate(mels)))


def trained_on(corpus: Corpus, base: BaseModel | None = None) -> DistillModel:
    trainer = Trainer(corpus, CONFIG, base=base)
    for _ in trainer.run():
        pass
    return build_model(corpus, trainer.result(), "Bumps", base)


@pytest.fixture(scope="module")
def low(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("origin") / "low.distillgan"
    save_model(trained_on(bumps(40)), path)
    return path


def test_the_effect_of_half_precision_is_measured_also_on_loud_recordings() -> None:
    record = trained_on(bumps(40, nepers=14)).header.training
    assert -150 < record["half_precision_null_db"] < -50


def error(model: DistillModel, corpus: Corpus) -> float:
    windows = torch.stack([file.mel.read(0, 128) for file in corpus.files])
    return float((model.decode(model.encode(windows)) - windows).abs().mean())


def test_the_base_model_is_replayed_where_its_recordings_are_missing(low: Path) -> None:
    old, new = bumps(40), bumps(90)
    before, alone = BaseModel.load(low, new), trained_on(new)
    both = trained_on(new, before)
    assert error(both, old) < 0.1 * error(alone, old)
    assert error(both, new) < 0.1 * error(before.model, new)
    assert {file.name.split()[0] for file in both.header.corpus} == {"40", "90"}
    assert both.header.training["continued_from"] == "Bumps"


def test_recordings_given_again_are_neither_replayed_nor_listed_twice(low: Path) -> None:
    corpus = Corpus((*bumps(40).files, *bumps(90).files))
    base = BaseModel.load(low, corpus)
    assert (base.mels, base.files, len(base.windows)) == ((), (), 0)
    assert len(trained_on(corpus, base).header.corpus) == 32


def test_a_model_without_anchors_replays_random_sounds(tiny_model_file: Path) -> None:
    base = BaseModel.load(tiny_model_file, bumps(90))
    assert len(base.mels) == 200
    assert trained_on(bumps(90), base).vae.latent == 24


def test_resuming_needs_the_same_base_model(low: Path, tiny_model_file: Path) -> None:
    corpus = bumps(90)
    state = Trainer(corpus, CONFIG, base=BaseModel.load(low, corpus)).state()
    Trainer(corpus, CONFIG, base=BaseModel.load(low, corpus)).restore(state)
    for other in (None, BaseModel.load(tiny_model_file, corpus)):
        with pytest.raises(TrainingError, match="not those"):
            Trainer(corpus, CONFIG, base=other).restore(state)


def test_an_overwritten_base_model_is_restored_from_the_checkpoint(low: Path, tmp_path: Path) -> None:
    out, corpus = tmp_path / "a.distillgan", bumps(90)
    out.write_bytes(low.read_bytes())
    base_model_path(out).parent.mkdir()
    begun = BaseModel.prepare(out, out, corpus, resumed=False)
    out.write_bytes(b"another model")
    resumed = BaseModel.prepare(None, out, corpus, resumed=True)
    assert begun is not None
    assert resumed is not None
    assert begun.fingerprint == resumed.fingerprint
    assert BaseModel.prepare(None, out, corpus, resumed=False) is None
    assert not base_model_path(out).exists()


def test_an_unusable_base_model_is_one_sentence(low: Path, tmp_path: Path) -> None:
    (tmp_path / "a.training").mkdir()
    out = tmp_path / "a.distillgan"
    with pytest.raises(TrainingError, match="no model to continue"):
        BaseModel.prepare(tmp_path / "nowhere.distillgan", out, bumps(90), resumed=False)
    (tmp_path / "b.distillgan").write_bytes(b"RIFF")
    with pytest.raises(ModelFileError, match=r"“b\.distillgan” is not a Distill model"):
        BaseModel.prepare(tmp_path / "b.distillgan", out, bumps(90), resumed=False)
    with pytest.raises(ModelFileError, match="cannot be opened"):
        BaseModel.prepare(tmp_path, out, bumps(90), resumed=False)
    assert not base_model_path(out).exists()
    with pytest.raises(TrainingError, match="another mel format"):
        BaseModel.load(low, replace(bumps(90), mel_format=MelFormat(hop=256)))


def test_a_base_model_whose_output_is_not_finite_is_refused(low: Path, tmp_path: Path) -> None:
    model, path = load_model(low), tmp_path / "huge.distillgan"
    save_model(model.with_axes(replace(model.axes, mean=torch.full_like(model.axes.mean, 3e38))), path)
    with pytest.raises(TrainingError, match=r"“huge\.distillgan” gives no sound"):
        BaseModel.load(path, bumps(90))


@pytest.mark.parametrize("others", [False, True])
def test_the_embedded_vocoder_is_kept_and_needs_its_test_again_after_new_recordings(
    low: Path, tmp_path: Path, others: bool
) -> None:
    path = tmp_path / "a.distillgan"
    path.write_bytes(low.read_bytes())
    embed(path)
    before = load_model(path)
    corpus = bumps(90 if others else 40)
    after = trained_on(corpus, BaseModel.load(path, corpus))
    assert before.vocoder_state
    assert after.vocoder_state is not None
    vocoder = read_embedded(after.header.vocoder)
    assert vocoder is not None
    assert vocoder == replace(make_embedded(), gate=replace(PASSED, outdated=others))
    assert resolve_vocoder_id(AUTO, vocoder) == (BUILT_IN.id if others else OWN)
    assert all(torch.equal(after.vocoder_state[name], value) for name, value in before.vocoder_state.items())


def basis(patterns: Tensor) -> PcaVAE:
    vae = PcaVAE(128, 6, 8)
    vae.initialize(patterns.clone(), 0)
    return vae.requires_grad_(False)


def test_a_residual_decoder_gets_the_same_input_in_another_basis() -> None:
    torch.manual_seed(0)
    windows = (torch.randn(40, 6) @ torch.randn(6, 128 * 128) / 50).reshape(-1, 128, 128)
    old, new = basis(windows), basis(windows[:30] + 0.1)
    for parameter in old.decoder.parameters():
        parameter.normal_(std=0.05)
    new.copy_decoder_from(old)
    window = windows[33:35]
    expected = old.decoder(old.to_prior_units(*old.encode(window))[0])
    found = new.decoder(new.to_prior_units(*new.encode(window))[0])
    torch.testing.assert_close(found, expected, atol=0.02 * float(expected.abs().max()), rtol=0)


def test_a_residual_decoder_of_another_width_is_not_reused() -> None:
    other, own = PcaVAE(128, 6, 4), PcaVAE(128, 6, 8)
    kept = own.input_layer.weight.clone()
    own.copy_decoder_from(other)
    assert torch.equal(own.input_layer.weight, kept)


def test_matching_sliders_keep_their_order_and_sign() -> None:
    corpus = factor_corpus(40)
    before = trained_on(corpus)
    axes = before.axes
    order = [2, 0, 1]
    shuffled = Components(axes.mean, -axes.directions[order], torch.tensor([0.2, 0.5, 0.3]))
    latents = torch.stack([before.encode(file.mel.read(0, 128)[None])[0] for file in corpus.files])
    found = align_components(shuffled, latents, before, before)
    torch.testing.assert_close((found.directions * axes.directions[:3]).sum(1), torch.ones(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(found.explained_variance, torch.tensor([0.5, 0.3, 0.2]), atol=1e-3, rtol=0)


def test_an_unmatched_slider_gives_up_its_position() -> None:
    corpus = factor_corpus(40)
    before = trained_on(corpus)
    latents = torch.stack([before.encode(file.mel.read(0, 128)[None])[0] for file in corpus.files])
    other = torch.linalg.svd(before.axes.directions).Vh[-2:]
    found = align_components(Components(before.axes.mean, other, torch.tensor([0.6, 0.4])), latents, before, before)
    torch.testing.assert_close(found.directions @ found.directions.T, torch.eye(2), atol=1e-4, rtol=0)

"""Training in 16 bits, as graphics cards do it, tried on the processor."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from distill_app.common.errors import SettingsError
from distill_app.training.run.autocast import mixed_precision
from distill_app.training.vae import pca_init
from distill_app.training.vae.config import TrainingConfig
from distill_app.training.vae.trainer import Trainer
from tests.training.synthetic import factor_corpus

CONFIG = TrainingConfig(epochs=4, architecture={"name": "basis", "latent": 8, "width": 16})


def test_layers_compute_in_bfloat16_and_come_to_the_same_error_with_weights_of_32_bits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pca_init, "VARIED", 200)
    corpus = factor_corpus(20)
    full, half = (Trainer(corpus, replace(CONFIG, precision=each)) for each in ("float32", "bfloat16"))
    kinds: list[torch.dtype] = []

    def look(module: nn.Module, _: tuple[Tensor, ...], out: Tensor) -> None:
        if module.training:
            kinds.append(out.dtype)

    half._vae.decoder.register_forward_hook(look)
    records = []
    for trainer in (full, half):
        list(trainer.run())
        records.append(trainer.result().record)
    assert set(kinds) == {torch.bfloat16}
    assert all(value.dtype == torch.float32 for value in half.result().vae.state_dict().values())
    assert records[1]["held_out_error_db"] == pytest.approx(records[0]["held_out_error_db"], rel=0.02)
    assert (records[0]["precision"], records[1]["precision"]) == ("float32", "bfloat16")


def test_cpu_and_mps_use_full_precision_unless_requested() -> None:
    a = torch.ones(2, 2)
    with mixed_precision("cpu", "auto"):
        assert (a @ a).dtype == torch.float32
    assert not mixed_precision("mps", "bfloat16")._enabled


def test_unknown_precisions_and_empty_steps_are_one_sentence() -> None:
    with pytest.raises(SettingsError, match="precision"):
        TrainingConfig(precision="int8")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="windows"):
        TrainingConfig(batch=0)

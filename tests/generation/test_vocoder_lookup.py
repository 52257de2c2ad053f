"""“own” and “auto” resolve to a vocoder that depends on the model."""

from pathlib import Path

import pytest

from distill_app.common.errors import VocoderError
from distill_app.generation.vocoder_lookup import vocoder_for
from distill_app.models.model_file import embed_vocoder, load_model
from distill_app.vocoders.built_in import BUILT_IN, GRIFFIN_LIM
from distill_app.vocoders.embedded.vocoder import AUTO, AUTO_IN_FILES, OWN
from tests.embedded_vocoder import FAILED, embed, make_embedded


def test_auto_is_the_embedded_vocoder_where_it_passed_the_gate(tiny_model_file: Path) -> None:
    assert vocoder_for(load_model(tiny_model_file), AUTO).info.id == BUILT_IN.id
    embed(tiny_model_file)
    assert vocoder_for(load_model(tiny_model_file), AUTO).info.id == OWN
    embed(tiny_model_file, FAILED)
    model = load_model(tiny_model_file)
    assert vocoder_for(model, AUTO).info.id == BUILT_IN.id
    assert vocoder_for(model, OWN).info.id == OWN
    assert vocoder_for(model, GRIFFIN_LIM.id).info.id == GRIFFIN_LIM.id
    assert vocoder_for(None, AUTO).info.id == BUILT_IN.id
    assert vocoder_for(None, AUTO_IN_FILES).info.id == GRIFFIN_LIM.id


def test_auto_replaces_a_damaged_embedded_vocoder_and_own_refuses_it(tiny_model_file: Path) -> None:
    embed_vocoder(tiny_model_file, make_embedded().to_dict(), {})
    model, notices = load_model(tiny_model_file), list[str]()
    assert vocoder_for(model, AUTO, notify=notices.append).info.id == BUILT_IN.id
    assert len(notices) == 1
    assert "damaged" in notices[0]
    with pytest.raises(VocoderError, match="damaged"):
        vocoder_for(model, OWN)

"""Sounds made by Distill are recognized, also after other programs have copied their tags."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from distill_app.common.errors import AudioFileError
from distill_app.dsp.audio_file import is_made_by_distill
from distill_app.dsp.provenance import COMMENT, SOFTWARE, is_distill_output

FORMATS = ["wav", "flac", "aiff", "ogg", "mp3", "caf"]


@pytest.mark.parametrize("ending", FORMATS)
def test_the_mark_is_found_in_every_kind_of_file_that_has_tags(ending: str, tmp_path: Path) -> None:
    for name, software, comment in [
        ("both", SOFTWARE, COMMENT),
        ("comment", "Lavf60.3.100", COMMENT),
        ("none", "", ""),
    ]:
        with soundfile.SoundFile(tmp_path / f"{name}.{ending}", "w", 44_100, 1) as file:
            if comment:
                file.software, file.comment = software, comment
            file.write(np.zeros(4_410, np.float32))
    marked = {path.stem: is_made_by_distill(path) for path in tmp_path.iterdir()}
    assert marked == {"both": True, "comment": True, "none": False}


def test_a_name_that_begins_alike_is_another_program() -> None:
    assert is_distill_output("Distill", "")
    assert is_distill_output("Distill 0.1.0 (libsndfile-1.2.2)", "")
    assert not is_distill_output("Distillery 2", "distilled in a barn")


def test_a_file_without_sound_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"")
    with pytest.raises(AudioFileError, match=r"“a\.wav” is empty"):
        is_made_by_distill(tmp_path / "a.wav")

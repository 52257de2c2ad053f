"""What the window asks for is what the command line understands."""

from dataclasses import replace
from pathlib import Path

from distill_app.cli.main import parser
from distill_app.common.training_paths import training_folder
from distill_app.workers.training.request import TrainingRequest, VocoderRequest

REQUEST = TrainingRequest(Path("a.json"), Path("a.distillgan"), minutes=2.5, seed=7, threads=2)


def test_a_training_is_understood() -> None:
    options = parser().parse_args(REQUEST.arguments())
    assert (options.corpora, options.out) == (REQUEST.corpora, REQUEST.out)
    assert (options.minutes, options.epochs, options.seed) == (2.5, None, 7)
    assert (options.device, options.threads, options.background) == ("cpu", 2, True)
    assert (options.progress, options.commands, options.json, options.demos) == ("json", True, True, True)
    assert options.overwrite
    assert not options.resume
    assert parser().parse_args(replace(REQUEST, resume=True).arguments()).resume
    assert parser().parse_args(replace(REQUEST, epochs=3).arguments()).epochs == 3


def test_a_vocoder_of_a_models_own_is_understood() -> None:
    request = VocoderRequest(Path("a.distillgan"), Path("a.json"), 12.0, threads=1, resume=True)
    options = parser().parse_args(request.arguments())
    assert (options.model, options.corpora, options.minutes) == (request.model, request.corpora, 12.0)
    assert (options.progress, options.commands, options.json, options.resume) == ("json", True, True, True)
    assert (options.threads, options.background, options.overwrite) == (1, True, True)


def test_both_keep_where_they_stand_in_folders_that_are_never_learned_from() -> None:
    vocoder = VocoderRequest(REQUEST.out, REQUEST.corpora)
    assert REQUEST.checkpoint.parent == training_folder(REQUEST.out)
    assert vocoder.checkpoint != REQUEST.checkpoint
    assert {request.checkpoint.parent.suffix for request in (REQUEST, vocoder)} == {".training"}
    assert vocoder.out == REQUEST.out

"""Fixtures of the tests of vocoder training."""

from tests.training.vocoder.synthetic import recordings

__all__ = ["recordings"]

"""Grain bank of a trained model."""

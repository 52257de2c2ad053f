"""Search, naming and level calibration of the sliders of a trained model."""

"""Training of vocoders, and fine-tuning of the vocoder embedded in a model."""

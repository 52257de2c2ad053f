"""Training of the VAE behind a model."""

"""The latent instrument: VAE, latent axes and the .distillgan file."""

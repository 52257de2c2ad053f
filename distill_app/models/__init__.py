"""The latent instrument: VAE, slider axes and the .distillgan file."""

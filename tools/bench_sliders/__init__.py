"""Judge of the sliders: what each one moves, measured on rendered sound."""

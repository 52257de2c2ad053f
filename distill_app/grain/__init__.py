"""Sound made of a model's recordings: short-time frames of them, chosen and shaped by a mel."""

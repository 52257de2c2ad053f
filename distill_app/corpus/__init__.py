"""Folders of recordings, their log-mels on disk, and the split into training and validation."""

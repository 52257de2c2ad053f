"""Published weights: manifest, search paths, download, import and removal.

Only `hub` uses the network, and only after the user agreed.
"""

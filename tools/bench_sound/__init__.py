"""Judge of generated sound: recordings, a model of each set, systems that render it, and measures of the renders."""

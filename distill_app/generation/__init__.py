"""From sliders to sound: configuration, pipeline and export."""

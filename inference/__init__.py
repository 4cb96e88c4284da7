"""Models, guidance, engines and the way from a click to a mask."""

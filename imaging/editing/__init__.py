"""Tools that change a mask by hand: pure functions on label maps, without a window."""

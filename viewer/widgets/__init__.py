"""Qt hosts for the scenes."""

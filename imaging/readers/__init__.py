"""CT series and volume files from disk, checked and decoded out of harm's way."""

"""The vocabulary that the rest shares: volumes, geometry, label maps, clicks and file formats."""

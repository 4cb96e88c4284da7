"""Slice and 3D scenes (VTK, no Qt) and the widgets that show them (Qt)."""

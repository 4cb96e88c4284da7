"""VTK scenes that render with or without a window."""

"""What the user does, turned into requests and edits; no Qt, no VTK, no pixels."""

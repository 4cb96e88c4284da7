"""What runs a network: one small protocol, several engines."""

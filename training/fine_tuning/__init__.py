"""Fine-tuning of the click network on a project's approved labels."""

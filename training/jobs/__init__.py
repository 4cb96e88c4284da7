"""Fine-tuning jobs: a queue in the project's data base, and the process that works it off."""

"""Cases, recipes, simulated users, evaluation and the jobs that improve a model."""

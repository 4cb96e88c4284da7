"""What a model is worth to a user: masks against truth, by the number of simulated clicks."""

"""How models are trained and measured: samples, recipes, simulated users, evaluation."""

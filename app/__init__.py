"""The desktop program: start-up, windows, controllers and the command line."""

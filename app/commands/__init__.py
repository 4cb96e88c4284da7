"""What each command of the command line does; none but `window` loads Qt."""

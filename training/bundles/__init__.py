"""MONAI bundles to train: our own ones as a start, MONAI's commands in fewer words."""

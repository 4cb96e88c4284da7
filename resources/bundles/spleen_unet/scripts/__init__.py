"""What this bundle's configurations need beside MONAI."""

from . import data_set as data_set

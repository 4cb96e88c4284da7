"""Imported networks built with torch in a child process, and models written as MONAI bundles."""

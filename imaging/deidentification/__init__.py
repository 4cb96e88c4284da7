"""Copies CTs without what names the patient, after the basic profile of DICOM PS3.15."""

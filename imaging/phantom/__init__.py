"""A seeded synthetic abdomen CT with true masks: the sample case and the tests' patient."""

from imaging.phantom.body import BodyTissue
from imaging.phantom.patient import ContrastPhase, Patient
from imaging.phantom.scan import Phantom, make_phantom

__all__ = ["BodyTissue", "ContrastPhase", "Patient", "Phantom", "make_phantom"]

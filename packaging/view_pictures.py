"""Pictures of what the views can show, on a synthetic patient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from take_pictures import Photographer

SEED = 1
SHAPE, SPACING_MM = (80, 192, 192), (3.5, 1.9, 1.9)
WINDOW_SIZE_PX = (1180, 760)
TURNS_RAD = (0.45, 0.25)
"""How far the planes are turned in the axial view, then in the sagittal one."""

MOVED_VOXELS = (0, 3, -3)
"""The last change of the mask: as if the spleen had been drawn beside its place."""


def take_views(camera: Photographer) -> None:
    """A wipe, oblique planes, the film of slices, and the CT in 3D cut open."""
    from app.controllers.case_session import CaseSession
    from imaging.history import Change
    from imaging.phantom import make_phantom
    from viewer.scenes.planes import Plane

    patient = make_phantom(SEED, shape=SHAPE, spacing_kji_mm=SPACING_MM)
    spleen = 1
    old = camera.bench.cases.session
    if old is not None:
        old.mark_saved(old.state)  # nobody is there to be asked
    moved = np.roll(patient.labels == spleen, MOVED_VOXELS, (0, 1, 2))
    drawn = np.where(patient.labels == spleen, 0, patient.labels)
    drawn = np.where(moved & (drawn == 0), spleen, drawn).astype(np.uint8)
    session = CaseSession(patient.volume, ("spleen", "pancreas", "liver"), labels=drawn)
    usual_size = camera.window.size()
    camera.window.resize(*WINDOW_SIZE_PX)
    camera.bench.cases.adopt(session)
    camera.wait()
    edit = session.labels.edit_to_labels(patient.labels.astype(np.uint8))
    session.do(Change("brush on spleen", edit, (), ()))
    camera.press("go_to_structure", "compare_wipe")
    camera.keep("view-wipe")
    camera.press("compare_difference")
    camera.keep("view-difference")
    camera.press("compare_difference", "turn_planes")
    turner = camera.logic.prepare_views().case_view.views.turner
    if turner.planes is not None:
        turned = turner.planes.turned_in(Plane.AXIAL, TURNS_RAD[0])
        turner.turn_to(turned.turned_in(Plane.SAGITTAL, TURNS_RAD[1]))
    camera.keep("view-oblique")
    camera.press("straighten_planes", "navigate", "layout_film")
    camera.keep("view-film")
    camera.press("layout_volume", "ct_look_soft", "cut_coronal")
    camera.keep("view-ct-in-3d")
    camera.press("ct_look_none", "cut_coronal", "layout_four")
    session.mark_saved(session.state)
    camera.window.resize(usual_size)

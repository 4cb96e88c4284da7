from viewer.scenes.styles import OverlayStyle, StructureStyle
from viewer.scenes.view_state import ViewState
from viewer.scenes.window_level import WindowLevel


def test_a_new_value_is_told_once():
    state, told = ViewState(), []
    state.cursor_moved.connect(told.append)
    state.window_level_changed.connect(told.append)
    state.overlay_changed.connect(told.append)
    state.structures_changed.connect(told.append)
    style = StructureStyle("liver", 4, (1, 2, 3))

    for _ in range(2):
        state.set_cursor([1, 2, 3])
        state.set_window_level(WindowLevel(10, 5))
        state.set_overlay(OverlayStyle(is_visible=False))
        state.set_structures([style])

    assert told == [
        (1.0, 2.0, 3.0),
        WindowLevel(10, 5),
        OverlayStyle(is_visible=False),
        (style,),
    ]
    assert state.cursor_lps == (1.0, 2.0, 3.0)
    assert state.structures == (style,)

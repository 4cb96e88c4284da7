"""The list of clicks on a case."""

from imaging.clicks import Click, ClickList

SPLEEN = Click((1.0, 2.0, 3.0), "spleen", is_foreground=True)
LIVER = Click((4.0, 5.0, 6.0), "liver", is_foreground=False)
LATER = Click((7.0, 8.0, 9.0), "spleen", is_foreground=False)


def test_clicks_keep_the_order_in_which_they_were_placed():
    clicks = ClickList([SPLEEN, LIVER, LATER])
    assert tuple(clicks) == clicks.clicks == (SPLEEN, LIVER, LATER)
    assert len(clicks) == 3


def test_clicks_of_one_structure_leave_the_others_out():
    assert ClickList([SPLEEN, LIVER, LATER]).of("spleen") == (SPLEEN, LATER)
    assert ClickList([SPLEEN]).of("liver") == ()


def test_replacing_all_clicks_is_announced_once():
    clicks, heard = ClickList([SPLEEN]), []
    clicks.changed.connect(lambda: heard.append(len(clicks)))
    clicks.replace(iter([LIVER, LATER]))
    assert clicks.clicks == (LIVER, LATER)
    assert heard == [2]

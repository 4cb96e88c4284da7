"""The file that leads back from de-identified copies loses no entry."""

from imaging.deidentification.uid_map import UidMap


def test_what_another_window_added_meanwhile_is_kept(tmp_path):
    file = tmp_path / "uids.json"
    ours, theirs = UidMap.load(file), UidMap.load(file)
    our_uid, their_uid = ours.new_uid("1.2.3"), theirs.new_uid("1.2.4")

    theirs.save()
    ours.save()

    kept = UidMap.load(file)
    assert (kept.new_uid("1.2.3"), kept.new_uid("1.2.4")) == (our_uid, their_uid)

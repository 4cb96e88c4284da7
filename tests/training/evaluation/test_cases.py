from training.evaluation.cases import pair_cases


def test_pairs_follow_names_and_tell_who_is_alone(tmp_path):
    images, labels = tmp_path / "i", tmp_path / "l"
    images.mkdir()
    labels.mkdir()
    for name in ("a.nii.gz", "b_0000.nii.gz", "c.nrrd", "._a.nii.gz", "note.txt"):
        (images / name).touch()
    for name in ("a.nii.gz", "b.nii.gz", "d.mha"):
        (labels / name).touch()
    cases, lonely = pair_cases(images, labels)
    assert [case.name for case in cases] == ["a", "b"]
    assert lonely == ["c.nrrd"]

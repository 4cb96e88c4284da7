"""The label values of TotalSegmentator's task "total", version 2; its files may lack names."""

from __future__ import annotations

_ORGANS = (
    "spleen",
    "kidney_right",
    "kidney_left",
    "gallbladder",
    "liver",
    "stomach",
    "pancreas",
    "adrenal_gland_right",
    "adrenal_gland_left",
    "lung_upper_lobe_left",
    "lung_lower_lobe_left",
    "lung_upper_lobe_right",
    "lung_middle_lobe_right",
    "lung_lower_lobe_right",
    "esophagus",
    "trachea",
    "thyroid_gland",
    "small_bowel",
    "duodenum",
    "colon",
    "urinary_bladder",
    "prostate",
    "kidney_cyst_left",
    "kidney_cyst_right",
    "sacrum",
)
_VERTEBRAE = [
    f"vertebrae_{part}{number}"
    for part, count in (("S", 1), ("L", 5), ("T", 12), ("C", 7))
    for number in range(count, 0, -1)
]
_VESSELS = (
    "heart",
    "aorta",
    "pulmonary_vein",
    "brachiocephalic_trunk",
    "subclavian_artery_right",
    "subclavian_artery_left",
    "common_carotid_artery_right",
    "common_carotid_artery_left",
    "brachiocephalic_vein_left",
    "brachiocephalic_vein_right",
    "atrial_appendage_left",
    "superior_vena_cava",
    "inferior_vena_cava",
    "portal_vein_and_splenic_vein",
    "iliac_artery_left",
    "iliac_artery_right",
    "iliac_vena_left",
    "iliac_vena_right",
)
_BONES_AND_MUSCLES = (
    "humerus_left",
    "humerus_right",
    "scapula_left",
    "scapula_right",
    "clavicula_left",
    "clavicula_right",
    "femur_left",
    "femur_right",
    "hip_left",
    "hip_right",
    "spinal_cord",
    "gluteus_maximus_left",
    "gluteus_maximus_right",
    "gluteus_medius_left",
    "gluteus_medius_right",
    "gluteus_minimus_left",
    "gluteus_minimus_right",
    "autochthon_left",
    "autochthon_right",
    "iliopsoas_left",
    "iliopsoas_right",
    "brain",
    "skull",
)
_RIBS = [f"rib_{side}_{number}" for side in ("left", "right") for number in range(1, 13)]

TOTALSEGMENTATOR = dict(
    enumerate(
        (
            *_ORGANS,
            *_VERTEBRAE,
            *_VESSELS,
            *_BONES_AND_MUSCLES,
            *_RIBS,
            "sternum",
            "costal_cartilages",
        ),
        start=1,
    )
)
"""From value to name."""

"""What files of this program say about themselves, by which their label values are known again."""

from __future__ import annotations

DESCRIPTION = "Maskwright. Research use only."
"""Goes into every file; NIfTI has room for 79 bytes."""

OTHER_VALUES_DESCRIPTION = "Maskwright data set, see its JSON. Research use only."
"""Of label maps whose values are not those of the organ table."""

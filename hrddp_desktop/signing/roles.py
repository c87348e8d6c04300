"""Who signs an assessment, in which order, and in which field of the document."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from hrddp_desktop.errors import N_

if TYPE_CHECKING:
    from collections.abc import Callable


class Role(Enum):
    """A signer's role, in the order of signing; the value is its name in metadata and on the command line."""

    PREPARER = "preparer"
    REVIEWER = "reviewer"
    APPROVER = "approver"

    @property
    def field(self) -> str:
        """The name of this role's signature field, as the archive pass makes it."""
        return _FIELDS[self]

    def label(self, translate: Callable[[str], str] = N_) -> str:
        """The role as a person reads it."""
        return translate(_LABELS[self])


_FIELDS: Final = {
    Role.PREPARER: "SigPreparer",
    Role.REVIEWER: "SigReviewer",
    Role.APPROVER: "SigApprover",
}
_LABELS: Final = {
    Role.PREPARER: N_("Preparer"),
    Role.REVIEWER: N_("Reviewer"),
    Role.APPROVER: N_("Approver"),
}


def roles(names: str) -> tuple[Role, ...] | None:
    """The roles in "preparer reviewer"; None unless they are known, in order, none twice, the preparer first."""
    try:
        found = tuple(Role(name) for name in names.split())
    except ValueError:
        return None
    in_order = tuple(role for role in Role if role in found)
    return found if found == in_order and found[:1] == (Role.PREPARER,) else None

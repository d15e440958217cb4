"""One object before and after: created, modified or deleted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kubeface.model.conditions import status_text
from kubeface.model.diff import FieldChange, field_changes
from kubeface.model.objects import KubeObject

CREATED, MODIFIED, DELETED, TRANSIENT = "created", "modified", "deleted", "created and deleted"
UNCHANGED = "unchanged"
#: What controllers and kubelets report; `summary` says it shorter. That a container began again is kept.
_REPORTED = re.compile(r"(status|endpoints)(?!.*\.restartCount$)\b")


@dataclass(frozen=True)
class Change:
    """One object, as it was and as it is; None where there was or is none.

    Args:
        before: Before.
        after: After.
        last: As last seen, for an object that was created and deleted in between.
        order: Where it stands in time among other changes, from 1; 0 if nobody noted it.
    """

    before: KubeObject | None
    after: KubeObject | None
    last: KubeObject | None = None
    order: int = 0

    @property
    def one(self) -> KubeObject:
        """The object, as late as it was seen."""
        found = self.after or self.last or self.before
        assert found is not None  # noqa: S101  # else nothing changed
        return found

    @property
    def ref(self) -> str:
        """Which object: `deployment/receiver`."""
        return self.one.ref

    @property
    def verb(self) -> str:
        """`created`, `modified`, `deleted`, `unchanged`, or `created and deleted` in between."""
        if self.before is self.after is not None:
            return UNCHANGED
        if self.before is None:
            return CREATED if self.after is not None else TRANSIENT
        return DELETED if self.after is None else MODIFIED

    @property
    def fields(self) -> list[FieldChange]:
        """What differs, by path; only of a changed object, and never a Secret's values."""
        if self.before is None or self.after is None:
            return []
        return field_changes(self.before.raw, self.after.raw)

    @property
    def spec_changes(self) -> list[FieldChange]:
        """The changed fields without what a status reports; restart counts stay."""
        return [one for one in self.fields if not _REPORTED.match(one.path)]

    @property
    def summary(self) -> str:
        """How the object is, in words, and how it was if that differs: `1 of 3 Pods ready → 3 of 3 …`."""
        if self.after is None:
            return ""
        was, now = status_text(self.before) if self.before else "", status_text(self.after)
        return f"{was} → {now}" if was and was != now else now

    @property
    def status_text(self) -> str:
        """The state of a created object: `3 of 3 Pods ready`; empty for one without a state."""
        return status_text(self.after) if self.after is not None and self.before is None else ""

    @property
    def owner_uid(self) -> str | None:
        """Of whoever made this object and cares for it: a Pod's ReplicaSet."""
        return next((str(o["uid"]) for o in self._owners if o.get("controller")), None)

    @property
    def owner(self) -> str | None:
        """The ref of that owner."""
        return next((f"{o['kind'].lower()}/{o['name']}" for o in self._owners if o.get("controller")), None)

    @property
    def _owners(self) -> list[Mapping[str, Any]]:
        return self.one.raw["metadata"].get("ownerReferences") or []

    def __repr__(self) -> str:
        lines = [f"{self.verb} {self.ref}" + (f" ({self.status_text})" if self.status_text else "")]
        return "\n".join(lines + [f"  {change}" for change in self.fields])

"""CloudWatch Logs' groups and their subscription filters, in memory: quota, classes and refusals as AWS documents."""

from dataclasses import dataclass, field

from why403.subscribe import (
    SubscribedGroup,
    SubscriberState,
    SubscriptionFilter,
    Unsubscribed,
)


@dataclass
class InMemoryLogGroups:
    """Log group → its filters by name. `classes`: those that are not STANDARD."""

    groups: dict[str, dict[str, SubscriptionFilter]]
    classes: dict[str, str] = field(default_factory=dict)
    quota: int = 5
    page_size: int = 50
    calls: list[tuple[str, str]] = field(default_factory=list)
    """Those about one group: (operation, group)."""

    def page(self, cursor: str) -> tuple[tuple[SubscribedGroup, ...], str]:
        """Sorted by name, as AWS lists them; the cursor is the last name."""
        rest = sorted(name for name in self.groups if name > cursor)
        listed = tuple(self._group(name) for name in rest[: self.page_size])
        return listed, listed[-1].name if len(rest) > self.page_size else ""

    def named(self, name: str) -> SubscribedGroup | None:
        """The group of that name."""
        return self._group(name) if name in self.groups else None

    def filters(self, group: str) -> tuple[SubscriptionFilter, ...] | None:
        """The group's filters."""
        self.calls.append(("filters", group))
        return tuple(self.groups[group].values())

    def put(self, group: str, wanted: SubscriptionFilter) -> Unsubscribed | None:
        """LimitExceededException and ValidationException as AWS answers them."""
        self.calls.append(("put", group))
        if group in self.classes:
            return Unsubscribed.REFUSED
        if wanted.name not in self.groups[group] and len(self.groups[group]) >= self.quota:
            return Unsubscribed.QUOTA
        self.groups[group][wanted.name] = wanted
        return None

    def remove(self, group: str, name: str) -> bool:
        """Delete the filter."""
        self.calls.append(("remove", group))
        self.groups[group].pop(name, None)
        return True

    def _group(self, name: str) -> SubscribedGroup:
        return SubscribedGroup(name, self.classes.get(name, "STANDARD"))


@dataclass
class InMemorySubscriberStore:
    """Keeps the state."""

    state: SubscriberState = field(default_factory=SubscriberState)

    def load(self) -> SubscriberState:
        """The state."""
        return self.state

    def save(self, state: SubscriberState) -> None:
        """Keep it."""
        self.state = state

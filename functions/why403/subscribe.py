"""The story of the subscriber: log groups that fit the globs send their lines to triage, each by a filter of ours.

A filter is ours by its name. Those of others are never touched, and named groups are left to the template, whose filters
have another name. Groups are looked at page by page; each page is kept before the next, so that a run that dies loses one.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol

from why403.incidents.hours import HOUR
from why403.incidents.log_groups import FILTERS_TODAY, WITHOUT_FILTERS, LogGroups
from why403.incidents.stored import known_or

EVERY_MS = HOUR
"""From the end of a pass to the next: a group made anew is heard of at once, so this mends what was taken away."""
MOST_KEPT = 1_000
"""Groups without a filter that are remembered by name; an item of the table holds 400 KB."""
MOST_TOLD = 20  # rows of a message: who sees twenty looks for one reason, and the count tells the rest
CHANGING = "changing"
"""In place of the globs' hash: filters may stand at groups that fit no longer, until a pass looked at all."""


class Unsubscribed(StrEnum):
    """Why a group that fits has no filter of ours."""

    QUOTA = "quota"
    LOG_CLASS = "class"
    NAME_TAKEN = "name-taken"
    REFUSED = "refused"


CURES: Mapping[Unsubscribed, str] = {
    Unsubscribed.QUOTA: "all its subscription filters are others': free one, or ask for a higher quota",
    Unsubscribed.LOG_CLASS: "its class takes no subscription filter: log to a group of the class Standard",
    Unsubscribed.NAME_TAKEN: "a filter of our name sends its lines elsewhere: delete it if it is nobody's",
    Unsubscribed.REFUSED: "AWS refused it: see the log of the function subscribe",
}


class FilterStep(StrEnum):
    """What is to be done at a group whose filters were read."""

    KEEP = "keep"
    LEAVE = "leave"
    PUT = "put"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class SubscribedGroup:
    """A log group as it is listed; the class is empty where AWS did not say."""

    name: str
    log_class: str = ""


@dataclass(frozen=True, slots=True)
class SubscriptionFilter:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_SubscriptionFilter.html."""

    name: str
    destination: str
    pattern: str


@dataclass(frozen=True, slots=True)
class WantedFilters:
    """Which groups are to have our filter, and the filter. `stack` begins the names of our own functions."""

    groups: LogGroups
    filter: SubscriptionFilter
    stack: str

    @property
    def hash(self) -> str:
        """Of the globs and of the groups by tags: where they changed, groups that fit no longer are looked at as well."""
        tagged = self.groups.tagged
        return _hash(repr(self.groups)) + (f":{_hash(repr(sorted(tagged)))}" if tagged else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """What a pass came to so far, or at its end. Numbers are of groups; `without` holds the first MOST_KEPT names."""

    ours: int = 0
    put: int = 0
    removed: int = 0
    without: Mapping[str, str] = field(default_factory=dict)
    """Group → Unsubscribed."""
    more: int = 0
    """Groups without a filter beyond those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberState:
    """How far the pass under way has come, and what the last one came to."""

    cursor: str = ""
    due: int = 0
    passing: str = ""
    """The globs' hash as the pass under way began."""
    swept: str = ""
    """The globs' hash: no filter of ours stands at a group that does not fit them. Or CHANGING."""
    going: Pass = Pass()
    last: Pass = Pass()
    ended: int = 0
    told: tuple[str, ...] = ()
    """Hashes of the groups that people were told of: once, not by each run."""
    removing: bool = False
    """The stack is being deleted: nobody puts a filter any more."""
    tries: int = 0
    """How often the removal was begun or gone on with, since somebody asked for it."""


class LogGroupDoor(Protocol):
    """CloudWatch Logs, at a pace. NoAccessError where it does not answer: the run is tried again."""

    def page(self, cursor: str) -> tuple[tuple[SubscribedGroup, ...], str]:
        """Some groups, and where to go on; empty: these were the last."""

    def named(self, name: str) -> SubscribedGroup | None:
        """The group of that name."""

    def filters(self, group: str) -> tuple[SubscriptionFilter, ...] | None:
        """The group's subscription filters; None where AWS refuses to list them. None at all for a group that is gone."""

    def put(self, group: str, wanted: SubscriptionFilter) -> Unsubscribed | None:
        """Put or repair it; why not, where AWS refuses."""

    def remove(self, group: str, name: str) -> bool:
        """Delete the filter of that name; False where AWS refuses."""


class SubscriberStore(Protocol):
    """Keeps the state. StoreError where it cannot."""

    def load(self) -> SubscriberState:
        """The state; the beginning where there was none."""

    def save(self, state: SubscriberState) -> None:
        """Keep it."""


def subscribe(
    door: LogGroupDoor,
    store: SubscriberStore,
    wanted: WantedFilters,
    *,
    now: int,
    has_time: Callable[[], bool],
) -> tuple[SubscriberState, bool]:
    """Pages until the pass or the time ends: the state, and whether this run ended a pass."""
    state = _begun(store.load(), wanted)
    if now < state.due:
        return state, False
    while has_time() and not state.removing:
        groups, cursor = door.page(state.cursor)
        going = state.going
        for group in groups:
            going = _at(door, group, wanted, going, is_sweep=state.swept == CHANGING)
        if store.load().removing:
            break
        state = _advanced(replace(state, cursor=cursor, going=going), wanted, now)
        store.save(state)
        if not cursor:
            return state, True
    return state, False


def _begun(state: SubscriberState, wanted: WantedFilters) -> SubscriberState:
    """Globs that changed begin a pass anew, which looks at all groups; tags that did wait for the one under way to end."""
    globs = wanted.hash.partition(":")[0]
    if state.passing == wanted.hash or (state.cursor and state.passing.partition(":")[0] == globs):
        return state
    swept = CHANGING if state.swept else wanted.hash
    return replace(state, passing=wanted.hash, swept=swept, cursor="", due=0, going=Pass())


def _advanced(state: SubscriberState, wanted: WantedFilters, now: int) -> SubscriberState:
    if state.cursor:
        return state
    swept = wanted.hash if state.passing == wanted.hash else CHANGING
    return replace(state, due=now + EVERY_MS, swept=swept, going=Pass(), last=state.going, ended=now)


def subscribe_one(door: LogGroupDoor, wanted: WantedFilters, name: str) -> Pass:
    """A group that was just made. What it has no filter for is told by the next pass."""
    group = door.named(name) if wanted.groups.accept(name) else None
    return _at(door, group, wanted, Pass(), is_sweep=False) if group else Pass()


def unsubscribe(
    door: LogGroupDoor, store: SubscriberStore, wanted: WantedFilters, has_time: Callable[[], bool]
) -> tuple[int, bool]:
    """How many of our filters were removed, before the function goes that they lead to, and whether none is left."""
    state = store.load()
    state = replace(
        state, removing=True, cursor=state.cursor if state.removing else "", tries=state.tries + 1
    )
    store.save(state)
    removed, everywhere = 0, state.swept != wanted.hash
    while has_time():
        groups, cursor = door.page(state.cursor)
        for group in groups:
            if everywhere or wanted.groups.accept(group.name):
                step, _ = step_for(group, door.filters(group.name), replace(wanted, groups=LogGroups(())))
                removed += step is FilterStep.REMOVE and door.remove(group.name, wanted.filter.name)
        state = replace(state, cursor=cursor)
        store.save(state)
        if not cursor:
            return removed, True
    return removed, False


def step_for(
    group: SubscribedGroup, filters: Iterable[SubscriptionFilter] | None, wanted: WantedFilters
) -> tuple[FilterStep, Unsubscribed | None]:
    """What is to be done, and where nothing can be: why. `filters` None: AWS refused to list them."""
    if filters is None:
        return FilterStep.LEAVE, Unsubscribed.REFUSED
    by_name = {one.name: one for one in filters}
    there = by_name.pop(wanted.filter.name, None)
    is_ours = there is not None and _is_own(there.destination, wanted)
    if not wanted.groups.accept(group.name):
        return (FilterStep.REMOVE if is_ours else FilterStep.LEAVE), None
    if there == wanted.filter:
        return FilterStep.KEEP, None
    why: Unsubscribed | None = None
    if group.log_class in WITHOUT_FILTERS:
        why = Unsubscribed.LOG_CLASS
    elif there is not None and not is_ours:
        why = Unsubscribed.NAME_TAKEN
    elif there is None and len(by_name) >= FILTERS_TODAY:
        why = Unsubscribed.QUOTA
    return (FilterStep.LEAVE if why else FilterStep.PUT), why


def _is_own(destination: str, wanted: WantedFilters) -> bool:
    """The function that the filter shall lead to, or one of an earlier stack of that name in this account and Region."""
    place, _, name = wanted.filter.destination.rpartition(":")
    there, _, its_name = destination.rpartition(":")
    return destination == wanted.filter.destination or (
        place == there and its_name.startswith(f"{wanted.stack}-") and name.startswith(f"{wanted.stack}-")
    )


def _at(
    door: LogGroupDoor, group: SubscribedGroup, wanted: WantedFilters, going: Pass, *, is_sweep: bool
) -> Pass:
    """One group seen to. Its filters are not read where its name or class alone decides."""
    fits = wanted.groups.accept(group.name)
    if not fits and not is_sweep:
        return going
    is_known = fits and group.log_class in WITHOUT_FILTERS
    step, why = step_for(group, () if is_known else door.filters(group.name), wanted)
    match step:
        case FilterStep.PUT:
            why = door.put(group.name, wanted.filter)
            going = replace(going, put=going.put + (why is None))
        case FilterStep.REMOVE:
            going = replace(going, removed=going.removed + door.remove(group.name, wanted.filter.name))
        case FilterStep.KEEP | FilterStep.LEAVE:
            pass
    if not fits:
        return going
    return _without(going, group.name, why) if why else replace(going, ours=going.ours + 1)


def _without(going: Pass, group: str, why: Unsubscribed) -> Pass:
    if len(going.without) >= MOST_KEPT:
        return replace(going, more=going.more + 1)
    return replace(going, without={**going.without, group: why.value})


def untold(state: SubscriberState) -> tuple[str, SubscriberState]:
    """A message of the groups without a filter that nobody was told of, empty where there is none; the state once told."""
    known = set(state.told)
    new = {group: why for group, why in state.last.without.items() if _hash(group) not in known}
    told = replace(state, told=tuple(_hash(group) for group in state.last.without))
    if not new:
        return "", told
    first = list(new.items())[:MOST_TOLD]
    lines = [f"  {group}: {CURES[known_or(Unsubscribed.REFUSED, why)]}" for group, why in first]
    if more := len(new) - len(lines) + state.last.more:
        lines.append(f"  … and {more:,} more")
    text = [
        f"{len(new) + state.last.more:,} log groups that the settings mean send no lines to why403:",
        *lines,
        "",
        "You are told of each once. All of them: why403 doctor --stack NAME; or leave them out (exclude_log_groups).",
    ]
    return "\n".join(text), told


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]

"""Each log group that fits the globs has a filter of ours; no other is ever touched."""

import itertools
from dataclasses import replace

import pytest
from why403.incidents.hours import HOUR
from why403.incidents.log_groups import LogGroups
from why403.subscribe import (
    FilterStep,
    SubscribedGroup,
    SubscriptionFilter,
    Unsubscribed,
    WantedFilters,
    step_for,
    subscribe,
    subscribe_one,
    unsubscribe,
    untold,
)

from tests.fakes.log_groups import InMemoryLogGroups, InMemorySubscriberStore

NOW = 1_764_000_000_000
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:"
OURS = SubscriptionFilter("why403-globs", f"{ARN}why403-Triage1", "?AccessDenied")
THEIRS = SubscriptionFilter("datadog", f"{ARN}forwarder", "")
WANTED = WantedFilters(LogGroups(("/ecs/*",), ("/why403/*", "/ecs/named", "/ecs/loud*")), OURS, "why403")
STANDARD = "STANDARD"


def by_name(*filters: SubscriptionFilter) -> dict[str, SubscriptionFilter]:
    return {one.name: one for one in filters}


def others(number: int) -> tuple[SubscriptionFilter, ...]:
    return tuple(replace(THEIRS, name=f"other{n}") for n in range(number))


def passed(
    door: InMemoryLogGroups, store: InMemorySubscriberStore, wanted: WantedFilters = WANTED, now: int = NOW
) -> str:
    """A whole pass, and what people are told of it."""
    state, is_end = subscribe(door, store, wanted, now=now, has_time=lambda: True)
    assert is_end
    text, told = untold(state)
    store.save(told)
    return text


@pytest.mark.parametrize(
    "group", ["/ecs/named", "/ecs/loud1", "/why403/why403/triage", "/lambda/x", "ecs/orders"]
)
def test_a_group_that_is_not_meant_is_left_alone_and_not_even_read(group: str) -> None:
    door = InMemoryLogGroups({group: by_name(THEIRS)})
    passed(door, InMemorySubscriberStore())

    assert door.calls == []


@pytest.mark.parametrize(
    ("group", "log_class", "filters", "step", "why"),
    [
        ("/lambda/x", STANDARD, (THEIRS,), FilterStep.LEAVE, None),
        ("/lambda/x", STANDARD, (THEIRS, OURS), FilterStep.REMOVE, None),
        ("/lambda/x", STANDARD, (replace(THEIRS, name=OURS.name),), FilterStep.LEAVE, None),
        ("/ecs/named", STANDARD, (replace(OURS, name="why403"),), FilterStep.LEAVE, None),
        ("/ecs/a", STANDARD, None, FilterStep.LEAVE, Unsubscribed.REFUSED),
        ("/ecs/a", "INFREQUENT_ACCESS", (), FilterStep.LEAVE, Unsubscribed.LOG_CLASS),
        ("/ecs/a", "DELIVERY", (), FilterStep.LEAVE, Unsubscribed.LOG_CLASS),
        ("/ecs/a", STANDARD, others(5), FilterStep.LEAVE, Unsubscribed.QUOTA),
        ("/ecs/a", STANDARD, (replace(THEIRS, name=OURS.name),), FilterStep.LEAVE, Unsubscribed.NAME_TAKEN),
        ("/ecs/a", STANDARD, (*others(4), OURS), FilterStep.KEEP, None),
        ("/ecs/a", STANDARD, others(4), FilterStep.PUT, None),
        ("/ecs/a", "", (), FilterStep.PUT, None),
        ("/ecs/a", STANDARD, (replace(OURS, pattern="?older"),), FilterStep.PUT, None),
        ("/ecs/a", STANDARD, (replace(OURS, destination=f"{ARN}why403-Triage0"),), FilterStep.PUT, None),
        ("/ecs/a", STANDARD, (replace(OURS, destination=OURS.destination.replace("123456789012", "111122223333")),),
         FilterStep.LEAVE, Unsubscribed.NAME_TAKEN),
    ],
)  # fmt: skip
def test_what_is_done_at_a_group(
    group: str,
    log_class: str,
    filters: tuple[SubscriptionFilter, ...] | None,
    step: FilterStep,
    why: Unsubscribed | None,
) -> None:
    assert (step, why) == step_for(SubscribedGroup(group, log_class), filters, WANTED)


def test_a_filter_of_anothers_stays_beside_ours() -> None:
    door = InMemoryLogGroups({"/ecs/a": by_name(THEIRS)})
    passed(door, InMemorySubscriberStore())

    assert by_name(THEIRS, OURS) == door.groups["/ecs/a"]


def test_an_account_with_the_older_quota_of_two_is_told_as_full() -> None:
    door = InMemoryLogGroups({"/ecs/a": by_name(*others(2))}, quota=2)

    assert "/ecs/a: all its subscription filters are others'" in passed(door, InMemorySubscriberStore())
    assert by_name(*others(2)) == door.groups["/ecs/a"]


def test_a_group_without_a_filter_is_told_once_and_again_after_it_had_one() -> None:
    door, store = InMemoryLogGroups({"/ecs/a": by_name(*others(5))}), InMemorySubscriberStore()
    first = passed(door, store)
    second = passed(door, store, now=NOW + HOUR)
    door.groups["/ecs/a"].pop("other0")
    mended = passed(door, store, now=NOW + 2 * HOUR)
    door.groups["/ecs/a"] = by_name(*others(5))
    again = passed(door, store, now=NOW + 3 * HOUR)

    assert [bool(text) for text in (first, second, mended, again)] == [True, False, False, True]


def test_between_two_passes_nothing_is_asked() -> None:
    door, store = InMemoryLogGroups({"/ecs/a": {}}), InMemorySubscriberStore()
    passed(door, store)
    door.calls.clear()
    _, is_end = subscribe(door, store, WANTED, now=NOW + HOUR - 1, has_time=lambda: True)

    assert (is_end, door.calls) == (False, [])


def test_two_thousand_groups_are_seen_to_in_slices_each_once() -> None:
    door = InMemoryLogGroups({f"/ecs/{number:04}": {} for number in range(2_000)})
    store = InMemorySubscriberStore()

    def run() -> bool:
        left = iter(range(7))
        return subscribe(door, store, WANTED, now=NOW, has_time=lambda: next(left, None) is not None)[1]

    runs = next(number for number in itertools.count(1) if run())

    assert runs == 6
    assert all(filters == by_name(OURS) for filters in door.groups.values())
    assert len(door.calls) == 4_000
    assert store.state.last.ours == store.state.last.put == 2_000


def test_five_thousand_full_groups_are_one_message_and_fit_an_item() -> None:
    import json  # noqa: PLC0415
    from dataclasses import asdict  # noqa: PLC0415

    door = InMemoryLogGroups({f"/ecs/{'x' * 150}{n:04}": by_name(*others(5)) for n in range(5_000)})
    store = InMemorySubscriberStore()
    text = passed(door, store)

    assert text.startswith("5,000 log groups that the settings mean")
    assert len(text) < 10_000
    assert len(json.dumps(asdict(store.state))) < 400_000


def test_a_glob_that_changed_takes_our_filters_from_groups_that_fit_no_longer() -> None:
    door = InMemoryLogGroups({"/ecs/a": by_name(THEIRS), "/app/b": {}, "/app/c": by_name(THEIRS)})
    store = InMemorySubscriberStore()
    passed(door, store)
    changed = replace(WANTED, groups=LogGroups(("/app/*",)))
    passed(door, store, changed, NOW + 1)

    assert [sorted(door.groups[group]) for group in ("/ecs/a", "/app/b", "/app/c")] == [
        ["datadog"],
        ["why403-globs"],
        ["datadog", "why403-globs"],
    ]


def test_globs_that_change_and_change_back_within_a_pass_leave_nothing_behind() -> None:
    door = InMemoryLogGroups({"/app/b": {}, "/app/c": {}, "/ecs/a": {}}, page_size=1)
    store, other = InMemorySubscriberStore(), replace(WANTED, groups=LogGroups(("/app/*",)))
    passed(door, store)
    one = iter([True])
    subscribe(door, store, other, now=NOW + 1, has_time=lambda: next(one, False))
    assert door.groups["/app/b"] == by_name(OURS)
    passed(door, store, WANTED, NOW + 2)

    assert door.groups == {"/app/b": {}, "/app/c": {}, "/ecs/a": by_name(OURS)}


def test_a_group_made_anew_gets_its_filter_at_once() -> None:
    door = InMemoryLogGroups({"/ecs/a": {}, "/lambda/x": {}})

    assert subscribe_one(door, WANTED, "/ecs/a").put == 1
    assert subscribe_one(door, WANTED, "/lambda/x").put == 0
    assert subscribe_one(door, WANTED, "/ecs/gone").put == 0
    assert door.groups == {"/ecs/a": by_name(OURS), "/lambda/x": {}}


def test_a_stack_that_is_deleted_takes_its_filters_and_goes_on_where_it_ended() -> None:
    groups = {f"/ecs/{number}": by_name(THEIRS) for number in range(4)}
    door, store = InMemoryLogGroups(groups, page_size=1), InMemorySubscriberStore()
    passed(door, store)
    two = iter([True, True])
    first = unsubscribe(door, store, WANTED, lambda: next(two, False))
    second = unsubscribe(door, store, WANTED, lambda: True)

    assert (first, second) == ((2, False), (2, True))
    assert all(filters == by_name(THEIRS) for filters in door.groups.values())


def test_a_run_under_way_puts_no_filter_once_the_stack_is_being_deleted() -> None:
    door, store = InMemoryLogGroups({"/ecs/a": {}, "/ecs/b": {}}), InMemorySubscriberStore()
    passed(door, store)
    unsubscribe(door, store, WANTED, lambda: True)
    subscribe(door, store, WANTED, now=NOW + HOUR, has_time=lambda: True)

    assert door.groups == {"/ecs/a": {}, "/ecs/b": {}}


def tagged(*names: str) -> WantedFilters:
    return replace(WANTED, groups=replace(WANTED.groups, tagged=frozenset(names)))


def test_groups_that_are_left_out_get_no_filter_by_their_tags() -> None:
    door = InMemoryLogGroups(
        {"/why403/why403/triage": {}, "/ecs/loud1": {}, "/lambda/other": by_name(THEIRS)}
    )
    passed(door, InMemorySubscriberStore(), tagged("/why403/why403/triage", "/ecs/loud1"))

    assert door.calls == []


def test_a_group_that_carries_the_tags_has_a_filter_for_as_long_as_it_does() -> None:
    door, store = (
        InMemoryLogGroups({"/lambda/a": {}, "/lambda/b": by_name(THEIRS), "/ecs/c": {}}),
        InMemorySubscriberStore(),
    )
    passed(door, store, tagged("/lambda/a", "/lambda/b"))
    with_tags = {name: set(filters) for name, filters in door.groups.items()}
    passed(door, store, tagged("/lambda/b"), now=NOW + 1)

    assert with_tags == {
        "/lambda/a": {OURS.name},
        "/lambda/b": {OURS.name, THEIRS.name},
        "/ecs/c": {OURS.name},
    }
    assert by_name() == door.groups["/lambda/a"]
    assert by_name(OURS, THEIRS) == door.groups["/lambda/b"]


def test_tags_that_change_all_the_time_keep_no_pass_from_its_end() -> None:
    groups = {f"/lambda/{number:03}": by_name() for number in range(6)}
    door, store = InMemoryLogGroups(groups, page_size=1), InMemorySubscriberStore()
    ends = []
    for run in range(6):
        turns = iter([True, False]).__next__
        wanted = tagged(*[name for name in groups if int(name[-1]) % 2 == run % 2])
        ends.append(subscribe(door, store, wanted, now=NOW + run, has_time=turns)[1])
    at_last = tagged("/lambda/000")
    passed(door, store, at_last, now=NOW + 10)

    assert ends == [False] * 5 + [True]
    assert [name for name, filters in door.groups.items() if filters] == ["/lambda/000"]


def test_a_stack_that_goes_takes_its_filters_from_groups_that_lost_their_tags_since() -> None:
    door, store = (
        InMemoryLogGroups({"/lambda/a": {}, "/lambda/b": by_name(THEIRS)}),
        InMemorySubscriberStore(),
    )
    passed(door, store, tagged("/lambda/a", "/lambda/b"))
    removed = unsubscribe(door, store, tagged("/lambda/a"), lambda: True)

    assert removed == (2, True)
    assert {"/lambda/a": by_name(), "/lambda/b": by_name(THEIRS)} == door.groups

"""Settings of which each could be taken and which do not go together: each with what would come of it."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from why403.delivery.register import SECRETS

from infra.setting_kinds import OWN_LOG_GROUPS

if TYPE_CHECKING:
    from infra.settings import Settings


def contradictions(told: "Settings") -> Iterator[str]:
    """All of them, by the setting's name."""
    yield from _loops(told.log_groups)
    yield from _left_out_again(told)
    yield from _without_tags(told)
    yield from _without_sources(told)
    yield from _halves(told.subnets, told.security_groups)
    yield from _dead_buttons(told)
    yield from _doubles(told)


def _loops(log_groups: tuple[str, ...]) -> Iterator[str]:
    """Groups that are why403's own, each with what watching it would do."""
    for group in log_groups:
        if group.startswith(OWN_LOG_GROUPS):
            yield f"log_groups: {group} is why403's own; watching it would answer each line with another"


def _left_out_again(told: "Settings") -> Iterator[str]:
    """Groups of which nothing is left; a glob is taken for the names that it fits, the shortest and a longer one."""
    for group in told.log_groups:
        fits = (group.replace("*", ""), group.replace("*", "-any-").replace("?", "-"))
        for glob in told.exclude_log_groups:
            if all(fnmatchcase(name, glob) for name in fits):
                yield f"log_groups: {group} is left out again by exclude_log_groups ({glob})"


def _without_tags(told: "Settings") -> Iterator[str]:
    """Tags are looked at by our own function alone."""
    if told.log_group_tags and told.globs_by == "account-policy":
        yield 'log_group_tags: an account-level policy cannot select by tags; leave them out, or set "globs_by": "filters"'


def _without_sources(told: "Settings") -> Iterator[str]:
    """The template's own filters alone ask for a line's source."""
    if told.centralized_logs and (told.watches_account or not set(told.log_groups) - set(told.globs)):
        yield (
            "centralized_logs: only groups that log_groups names whole tell where a line came from; name the central group there"
            + (', and leave out "globs_by": "account-policy"' if told.watches_account else "")
        )


def _halves(subnets: tuple[str, ...], security_groups: tuple[str, ...]) -> Iterator[str]:
    """Lambda takes subnets and security groups together or neither."""
    if bool(subnets) != bool(security_groups):
        missing = "security_groups" if subnets else "subnets"
        yield f"{missing}: name at least one, as subnets and security_groups go together"


def _dead_buttons(told: "Settings") -> Iterator[str]:
    """Why nobody could press the Slack app's buttons, or nothing would come of it."""
    if not told.slack_app:
        return
    if told.acting == "off":
        yield 'slack_app: its buttons mute and mark as expected, which "acting": "off" forbids; write one or the other'
    is_named = "slack" in told.channel_secrets or any(
        route.get(SECRETS["slack"].setting) for route in told.routes
    )
    if not is_named and not told.makes_own_room:
        yield "slack_app: nobody is told in Slack; name the secret of its bot in `slack_secret`"


def _doubles(told: "Settings") -> Iterator[str]:
    """Tags of IAM have keys without case."""
    seen: dict[str, str] = {}
    for key in told.tags:
        if key.casefold() in seen:
            yield f"tags: IAM takes {seen[key.casefold()]} and {key} for one; leave one out"
        seen[key.casefold()] = key

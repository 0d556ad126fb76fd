"""Whatever a channel is, it keeps to its own limits, is harmless, and is told as it was agreed."""

import json
import re
from dataclasses import asdict, is_dataclass
from typing import Any

import pytest
from why403.delivery.channel import Channel
from why403.delivery.register import CHANNELS, ROUTE_FIELDS, SECRETS
from why403.notices.words import Language

from tests.unit.notices.notice_case import LANGUAGES, NAMES, huge, notice_of
from tests.unit.notices.test_hostile_lines import HOSTILE, UNSEEN, said

WIDEST = (Language.JAPANESE,)
"""Three bytes a letter: programs get the same facts in each language, and one of them shows what they come to."""
NAMED = [pytest.param(channel, id=channel.name) for channel in CHANNELS]


def _sent(rendered: object) -> str:
    """As it leaves us, or nothing."""
    told: Any = asdict(rendered) if is_dataclass(rendered) and not isinstance(rendered, type) else rendered
    return "" if told is None else json.dumps(told, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_channels_messages_keep_to_its_limit(language: Language) -> None:
    notices = [notice_of(name, language, in_full=full) for name in NAMES for full in (True, False)]
    largest = {
        channel.name: max(
            len(_sent(channel.render(one)).encode())
            for one in (*notices, *([huge(language)] if channel.mention or language in WIDEST else []))
        )
        for channel in CHANNELS
    }

    assert [one.name for one in CHANNELS if not 0 < largest[one.name] <= one.limits.bytes] == []


@pytest.mark.parametrize("channel", NAMED)
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_unseen_that_a_line_says_leaves_for_people(channel: Channel[Any], text: str) -> None:
    sent = _sent(channel.render(said(text)))

    assert channel.mention is None or UNSEEN.search(sent) is None


def test_no_two_channels_share_a_name_a_setting_or_a_field() -> None:
    names = [channel.name for channel in CHANNELS]
    settings = [secret.setting for secret in SECRETS.values()]

    assert (sorted(set(names)), sorted(set(ROUTE_FIELDS))) == (sorted(names), sorted(ROUTE_FIELDS))
    assert settings == [f"{name}_secret" for name in SECRETS]


def test_a_receiver_can_be_asked_without_telling_it_anything_or_it_is_said_why_not() -> None:
    assert [one.name for one in CHANNELS if one.secret and bool(one.ask) is bool(one.unasked)] == []


@pytest.mark.parametrize("channel", NAMED)
def test_a_channel_says_whose_page_it_follows_and_what_it_may(channel: Channel[Any]) -> None:
    assert channel.page.startswith("https://")
    assert channel.permissions
    assert all(re.fullmatch(r"[a-z]+:[A-Za-z]+", action) for action in channel.permissions)

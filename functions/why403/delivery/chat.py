"""Amazon Q Developer in chat applications (Slack, Teams), through a topic of the stack's.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

import json
import re
from dataclasses import replace

from why403.delivery.channel import Channel, Limits, Publication, publish
from why403.notices.dialects.chat import render_chat, write_chat
from why403.notices.letter import Letter
from why403.notices.notice import Notice


def _render(notice: Notice) -> Publication:
    return Publication(body=json.dumps(render_chat(notice), ensure_ascii=False))


def _write(letter: Letter, identity: str) -> Publication:
    return Publication(body=json.dumps(write_chat(letter, identity), ensure_ascii=False))


def _sent_again(message: Publication, told: str) -> Publication:
    envelope = json.loads(message.body)
    envelope["content"]["description"] += f"\n{told}"
    return replace(message, body=json.dumps(envelope, ensure_ascii=False))


CHAT = Channel(
    name="chat",
    title="Amazon Q Developer in chat applications",
    page="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html",
    limits=Limits(bytes=262_144),
    permissions=("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
    render=_render,
    send=publish,
    sent_again=_sent_again,
    alone=20,
    write=_write,
    can_be_off=True,
    mention=re.compile(
        r"<@[UW][A-Z0-9]{2,20}>|<!subteam\^S[A-Z0-9]{2,20}>|<!(?:here|channel)>|<at>[^<>]{1,80}</at>"
    ),
)
"""It passes on the mentions of Slack and of Teams alike."""

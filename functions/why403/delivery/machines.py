"""The topic for programs: docs/message-schema.md, with attributes to filter on.

https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html
"""

import json

from why403.delivery.channel import Channel, Limits, Publication, publish
from why403.notices.dialects.machines import attributes, message_json
from why403.notices.notice import Notice

MESSAGE = 200_000
"""Bytes of the message; SNS takes 256 KiB, attributes included."""


def _render(notice: Notice) -> Publication:
    body = json.dumps(message_json(notice, MESSAGE), ensure_ascii=False)
    return Publication(body=body, attributes=attributes(notice))


MACHINES = Channel(
    name="machines",
    title="JSON on a topic",
    page="https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html",
    limits=Limits(bytes=262_144),
    permissions=("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
    render=_render,
    send=publish,
    follows=False,
)

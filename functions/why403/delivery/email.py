"""E-mail, through a topic of the stack's: a subject and plain text; at a rate that SNS bears (pacing.py).

https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
"""

from dataclasses import replace

from why403.delivery.channel import Channel, Limits, Publication, publish
from why403.notices.dialects.email import Email, render_email, write_email
from why403.notices.notice import Notice


def publication(mail: Email) -> Publication:
    """The mail as its topic takes it."""
    return Publication(body=mail.body, subject=mail.subject)


def _render(notice: Notice) -> Publication:
    return publication(render_email(notice))


def _sent_again(message: Publication, told: str) -> Publication:
    return replace(message, body=f"{message.body}\n\n{told}")


EMAIL = Channel(
    name="email",
    title="E-mail",
    page="https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html",
    limits=Limits(bytes=262_144, a_second=10),
    permissions=("sns:Publish", "kms:Decrypt", "kms:GenerateDataKey"),
    render=_render,
    send=publish,
    sent_again=_sent_again,
    can_be_off=True,
    alone=5,
    write=lambda letter, _identity: publication(write_email(letter)),
)

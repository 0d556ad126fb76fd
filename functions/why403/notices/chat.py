"""The envelope of Amazon Q Developer in chat applications (Slack, Teams): it drops every message without it.

https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from why403.diagnosis.bounded import fitted
from why403.notices.checklist import Mark, rows
from why403.notices.findings import findings_of
from why403.notices.inert import chat_code, chat_prose
from why403.notices.naming import action, caller_arn, target_arn
from why403.notices.notice import Notice
from why403.notices.offers import Offer, cut, section_of, suggested
from why403.notices.updates import context_line, mark_of, update_line
from why403.notices.verdict import headline, title
from why403.notices.words import word

TITLE, SUMMARY, KEYWORD, GROUP, ARN = 250, 300, 60, 512, 2_048
DESCRIPTION = 6_000
CHANGE, OFFERS = 1_500, 3
LINK = "why403-page"


def render_chat(notice: Notice) -> dict[str, Any]:
    """The envelope, as the JSON object to publish on the chat topic. Threads are kept by fingerprint."""
    wanted = action(notice)
    keywords = [wanted.partition(":")[0], wanted.partition(":")[2], notice.severity.value]
    return {
        "version": "1.0",
        "source": "custom",
        "id": notice.identity,
        "content": {
            "textType": "client-markdown",
            "title": _heading(notice),
            "description": _description(notice),
            "nextSteps": list(_next_steps(notice)),
            "keywords": [chat_prose(keyword, KEYWORD) for keyword in keywords if keyword],
        },
        "metadata": {
            "threadId": notice.identity,
            "summary": chat_prose(headline(notice), SUMMARY),
            "eventType": f"why403-{notice.transition}",
            "relatedResources": [
                chat_prose(arn, ARN)
                for arn in (caller_arn(notice), target_arn(notice))
                if arn.startswith("arn:")
            ],
            "additionalContext": {
                "account": notice.place.account if notice.place else "",
                "region": notice.place.region if notice.place else "",
                "logGroup": chat_prose(notice.log_group, GROUP),
                "confidence": notice.diagnosis.confidence.value,
            },
        },
    }


def _heading(notice: Notice) -> str:
    return chat_prose(f"{mark_of(notice)} {title(notice)}" if notice.in_full else update_line(notice), TITLE)


def _description(notice: Notice) -> str:
    where = chat_prose(context_line(notice), 2 * GROUP)
    if not notice.in_full:
        return f"{chat_prose(headline(notice), SUMMARY * 2)}\n{where}"
    mention = f"{notice.mention} " if notice.mention else ""
    remedy, findings = list(_remedy(notice)), list(_findings(notice))
    has_draft = any(offer.drafts for offer in suggested(notice))
    parts = [
        f"{mention}**{chat_prose(headline(notice), SUMMARY * 2)}**",
        where,
        *_checklist(notice),
        *(remedy + findings if has_draft else findings + remedy),
    ]
    told = ""
    for part in parts:
        if len(told) + len(part) > DESCRIPTION:
            break
        told += f"{part}\n"
    return told.strip()


def _checklist(notice: Notice) -> Iterator[str]:
    for row in rows(notice):
        if row.mark is not Mark.NO_SAY:
            told = chat_prose(" ".join(text for text in (row.reason, row.near_miss) if text), 600)
            yield f"{row.mark} **{chat_prose(row.layer, 100)}**: {told}"


def _findings(notice: Notice) -> Iterator[str]:
    for finding in findings_of(notice)[:3]:
        yield f"- {chat_prose(finding, 600)}"


def _remedy(notice: Notice) -> Iterator[str]:
    offers = suggested(notice)
    if not offers:
        yield chat_prose(word("notices.no-remedy", notice.language))
    if len(offers) > 1:
        yield chat_prose(word("notices.together", notice.language))
    for offer in offers[:OFFERS]:
        yield from _offer(offer, notice)


def _offer(offer: Offer, notice: Notice) -> Iterator[str]:
    heading = word(section_of((offer,)), notice.language)
    yield f"**{chat_prose(heading)}**: {chat_prose(offer.title, 600)}"
    if offer.change:
        change = chat_code(offer.change.rstrip("\n"), len(offer.change))
        yield f"```\n{fitted(change, CHANGE, partial(cut, notice))}\n```"


def _next_steps(notice: Notice) -> Iterator[str]:
    links = (("page", notice.links.page), ("logs", notice.links.logs), ("caller", notice.links.caller))
    for name, url in links:
        if url:
            yield f"[{word(f'notices.button.{name}', notice.language)}]({url})"
    steps = [step for offer in suggested(notice) for step in offer.steps]
    yield from (chat_prose(step, 600) for step in steps[:3])

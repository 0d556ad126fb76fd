"""Any log line to what it denies: the one question that this stage answers."""

import re
from collections.abc import Sequence
from dataclasses import replace

from why403.denials.arn_text import as_arn, only_role
from why403.denials.beside_others import beside_others
from why403.denials.call import FailedCall
from why403.denials.denial import Denial, Verdict
from why403.denials.enriched import denials_told, find_sentences
from why403.denials.handled import is_handled, level_of
from why403.denials.inferred import infer, merge
from why403.denials.judge import Judgement, judge
from why403.denials.quoted import is_document, is_example, is_page
from why403.denials.shown import is_shown
from why403.denials.surroundings import own_words, without_other_requests
from why403.denials.varying import by_template
from why403.denials.vocabulary import is_noise, phrases_in
from why403.denials.wrappers.register import read_calls
from why403.log_events.log_event import LogEvent

NOISE = (Denial(verdict=Verdict.NOT_A_DENIAL),)
ENCODED = re.compile(r"[Ee]ncoded authorization failure message: ?(?P<value>[A-Za-z0-9_-]{20,16000})")
"""EC2's words before its base64url; sts:DecodeAuthorizationMessage takes 10,240 characters at most, a log may hold a longer forgery."""
REQUEST_ID = re.compile(r"request(?<!\wrequest)[ _-]?id(?:>|['\"]?[:= ]+['\"]?)(?P<value>[a-z0-9-]{8,64})")
"""`RequestId: 4f1c-..`, `<requestid>` and `request-id=` in lower case; 64 characters hold a UUID and S3's 16; `prerequest id` is none."""
TAKES_A_ROLE = frozenset({"sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"})
EXCERPT = 2000
"""Characters, a half of them before the call: the line's stack is seldom needed to recognise it, and a table's item has 400 KB."""


def classify(event: LogEvent) -> tuple[Denial, ...]:
    """What the event denies, first cause first; never empty. Linear in the length of the message."""
    return NOISE if is_noise(event.message) else _classify_template(event.message)


@beside_others
def read(message: str) -> tuple[Denial, ...]:
    """What one message denies, worked out anew."""
    text = own_words(message)
    found = phrases_in(text.lower())
    if is_document(text, found):
        return NOISE
    told = tuple(find_sentences(text))
    sentences = tuple(sentence for sentence in told if not is_example(sentence))
    if (told and not sentences) or is_page(message, text, found, told) or is_shown(message, text, sentences):
        return NOISE
    calls = tuple(read_calls(text, found, in_passing=not sentences))
    if sentences:
        return tuple(_complete(denial, text, calls) for denial in denials_told(sentences, calls))
    own, calls = without_other_requests(text, calls)
    judgement = judge(own, calls, found if own == text else phrases_in(own.lower()))
    if judgement.verdict is Verdict.MISSING_PERMISSION:
        return (_complete(infer(own, calls), own, calls),)
    return (_lookalike(judgement, own, calls),)


def _lookalike(judgement: Judgement, text: str, calls: Sequence[FailedCall]) -> Denial:
    if judgement.verdict in {Verdict.NOT_A_DENIAL, Verdict.NOT_AWS}:
        return Denial(verdict=judgement.verdict, kind=judgement.kind)
    facts = merge(text, calls)
    told = Denial(
        verdict=judgement.verdict,
        kind=judgement.kind,
        service=judgement.service or facts.service or None,
        operation=facts.operation or None,
        resource_name=facts.name or None,
        region=facts.region or None,
        account=facts.account or None,
    )
    return _complete(told, text, calls)


def _resource(denial: Denial, text: str) -> str | None:
    """What the line tells, where it is an ARN; the role that was not to be taken, where the line names one alone."""
    if denial.resource:
        return as_arn(denial.resource)
    return only_role(text, denial.principal) if denial.action in TAKES_A_ROLE else None


def _complete(denial: Denial, text: str, calls: Sequence[FailedCall]) -> Denial:
    """What a line tells of every denial in it alike."""
    lowered = text.lower()
    encoded = ENCODED.search(text) if "ncoded authorization" in text else None
    request = REQUEST_ID.search(lowered)
    start = min((call.start for call in calls), default=0)
    return replace(
        denial,
        resource=_resource(denial, text),
        encoded_message=encoded["value"] if encoded else None,
        request_id=text[slice(*request.span("value"))] if request else None,
        level=level_of(text),
        handled=is_handled(lowered),
        excerpt=text[max(0, start - EXCERPT // 2) :][:EXCERPT],
    )


_classify_template = by_template(read)

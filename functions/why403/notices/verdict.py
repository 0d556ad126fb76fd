"""The verdict in one sentence, who cannot do what and which policy says so; and in the few words of a title."""

import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from why403.decisions.decision import Decision, LayerFinding, Outcome
from why403.decisions.reasons import Reason
from why403.decisions.reconcile import named_layer
from why403.denials.denial import Denial, Kind, Verdict
from why403.iam.layer import Effect, Layer
from why403.message import Message
from why403.notices.naming import (
    action,
    called,
    caller_arn,
    caller_name,
    failing_url,
    is_only_claimed,
    only_service,
    service_name,
    short,
    target_arn,
    what,
    what_in_short,
    who,
    who_in_short,
    workload_name,
)
from why403.notices.notice import Notice
from why403.notices.words import say, word

VERBS = Path(__file__).with_name("verbs.json")
"""Which verb says what an action does, by patterns of actions in lower case; the first that fits counts."""
ANY_VERB = "call"
OWN_WORDS = ("role ", "user ", "a ", "an ", "the ", "one of ")
"""How a caller begins who is told in our words: a sentence that begins so has a capital letter."""


def headline(notice: Notice) -> str:
    """The verdict, in the notice's language: plain text, not escaped."""
    return begun(say(verdict(notice), notice.language))


def begun(text: str) -> str:
    """The sentence with a capital letter, unless it begins with a name."""
    return text[:1].upper() + text[1:] if text.startswith(OWN_WORDS) else text


def title(notice: Notice) -> str:
    """A few words for a header: `laravel-server can't send to queue orders (sqs:SendMessage)`, or the fault."""
    language, denial = notice.language, notice.diagnosis.denial
    values = {"who": who_in_short(notice), "what": what_in_short(notice), "action": action(notice)}
    if denial.kind is not Kind.NONE:
        fault = begun(word(f"notices.fault.{denial.kind}", language, **values))
        url = failing_url(notice)
        return word("notices.title.at", language, title=fault, url=url) if url else fault
    if only_service(notice):
        return begun(word("notices.title.service", language, service=service_name(notice), **values))
    if not values["action"]:
        return begun(word("notices.title.no-action", language, **values))
    if is_only_claimed(notice):
        caller = caller_name(caller_arn(notice), notice)
        return word("notices.title.claimed", language, caller=caller, **values)
    verb = verb_of(values["action"])
    if verb == ANY_VERB or target_arn(notice) in {"", "*"}:
        values["what"] = "" if target_arn(notice) == "*" else values["what"]
        return begun(word(f"notices.cannot.{ANY_VERB}", language, **values))
    said = begun(word(f"notices.cannot.{verb}", language, **values))
    return word("notices.title", language, title=said, action=values["action"])


def verb_of(wanted: str) -> str:
    """What an IAM action does, by the name of a verb of verbs.json; `call` where none fits."""
    lowered = wanted.lower()
    return next((verb for pattern, verb in _verbs() if fnmatchcase(lowered, pattern)), ANY_VERB)


@cache
def _verbs() -> tuple[tuple[str, str], ...]:
    told = json.loads(VERBS.read_text("utf-8"))
    return tuple((pattern, each["verb"]) for each in told for pattern in each["actions"])


def verdict(notice: Notice) -> Message:
    """The verdict as an id of notices/words and its values."""
    values = {
        "who": who(notice),
        "caller": caller_name(caller_arn(notice), notice),
        "action": called(notice),
        "what": what(notice),
        "account": notice.diagnosis.denial.account or "",
    }
    decision = notice.diagnosis.decision
    if is_only_claimed(notice) and action(notice):
        return Message("notices.verdict.claimed", {**values, "who": workload_name(notice)})
    if decision is None:
        return Message(_unjudged(notice), values)
    return _judged(notice, decision, values)


def _unjudged(notice: Notice) -> str:
    denial: Denial = notice.diagnosis.denial
    if denial.kind is not Kind.NONE:
        return f"notices.kind.{denial.kind}"
    if denial.verdict is not Verdict.MISSING_PERMISSION:
        return f"notices.verdict.{denial.verdict}"
    if not action(notice):
        return "notices.verdict.unjudged.no-action"
    named = named_layer(denial)
    if named is not None:
        layer, effect = named
        return f"notices.verdict.{layer}.{'explicit' if effect is Effect.EXPLICIT_DENY else 'implicit'}"
    return "notices.verdict.unjudged" if target_arn(notice) else "notices.verdict.unjudged.no-target"


def _judged(notice: Notice, decision: Decision, values: dict[str, str]) -> Message:
    if decision.outcome is Outcome.ALLOWED:
        return Message("notices.verdict.allowed-now", values)
    if not decision.denied_by:
        return _uncertain(decision, values)
    if len(decision.denied_by) > 1:
        names = [word(f"notices.layer.{layer}", notice.language) for layer in decision.denied_by]
        layers = word("notices.list.comma", notice.language).join(names)
        return Message("notices.verdict.several", {**values, "layers": layers})
    layer = decision.denied_by[0]
    finding = finding_of(decision, layer)
    if finding is None or finding.effect is not Effect.EXPLICIT_DENY:
        return Message(f"notices.verdict.{layer}.implicit", values)
    if not finding.statement:
        return Message(f"notices.verdict.{layer}.explicit", values)
    named = {"policy": short(finding.policy), "statement": short(finding.statement)}
    return Message(f"notices.verdict.{layer}.explicit.named", {**values, **named})


def _uncertain(decision: Decision, values: dict[str, str]) -> Message:
    open_ = {each.reason for each in decision.layers if each.effect is Effect.UNKNOWN}
    if open_ == {Reason.CONDITION_UNKNOWN}:
        return Message("notices.verdict.unknown.condition", values)
    return Message("notices.verdict.unknown" if open_ else "notices.verdict.unknown.allowed", values)


def finding_of(decision: Decision, layer: Layer) -> LayerFinding | None:
    """What the decision found of a layer; the finding that denies it where there are several."""
    found = [finding for finding in decision.layers if finding.layer is layer]
    denying = [finding for finding in found if finding.effect in {Effect.EXPLICIT_DENY, Effect.IMPLICIT_DENY}]
    return next(iter(denying or found), None)

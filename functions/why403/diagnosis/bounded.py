"""A diagnosis in bounds: a policy may be of any size where nobody enforces AWS's quotas, an item of the table 400 KB.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from why403.decisions.decision import ConditionEvidence, Decision, LayerFinding, StatementEvidence
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.plain_json import plain
from why403.message import Message
from why403.remedies.remedy import Commands, Remedy

STATEMENTS = 40
"""Statements of a layer that are kept as evidence: those that come closest."""
VALUES = 50
"""Patterns or values of a statement."""
DOCUMENTS = 600_000
"""Characters of all remedies' documents and drafts, as JSON: gzip makes half of the worst, a tenth of most."""
MORE = "… +"
"""Before the number of those left out."""
DIFF = 20_000
"""Characters of a diff whose documents are left out."""


def bounded(diagnosis: Diagnosis) -> Diagnosis:
    """The same where it is of a usual size. What is left out is said where it would stand."""
    remedies = tuple(_within(diagnosis.remedies))
    decision = _short(diagnosis.decision) if diagnosis.decision else None
    return replace(diagnosis, remedies=remedies, decision=decision)


def _within(remedies: tuple[Remedy, ...]) -> Iterator[Remedy]:
    """Each whole as long as there is room; the first ones come first in the order to do them."""
    room = DOCUMENTS
    for remedy in remedies:
        size = _size(remedy)
        room -= size
        if room >= 0:
            yield remedy
        else:
            room += size
            yield _without_documents(remedy, size)


def _size(remedy: Remedy) -> int:
    documents = (remedy.policy_document, remedy.before, remedy.after)
    texts = (remedy.diff, *plain(remedy.commands).values())
    return sum(len(json.dumps(document, default=plain)) for document in documents) + sum(map(len, texts))


def _without_documents(remedy: Remedy, size: int) -> Remedy:
    """Half a document or command must never be pasted: all of them go."""
    told = Message("diagnosis.too-large", {"size": str(size)})
    return replace(
        remedy,
        policy_document=None,
        before=None,
        after=None,
        commands=Commands(),
        diff=fitted(remedy.diff, DIFF, lambda lines: f"{MORE}{lines}"),
        why=(*(why for why in remedy.why if why.id != told.id), told),
    )


def _short(decision: Decision) -> Decision:
    return replace(decision, layers=tuple(_layer(layer) for layer in decision.layers))


def _layer(layer: LayerFinding) -> LayerFinding:
    closest = layer.evidence
    if len(closest) > STATEMENTS:
        closest = tuple(sorted(closest, key=lambda one: len(one.misses))[:STATEMENTS])
    near_miss = _statement(layer.near_miss) if layer.near_miss else None
    return layer._replace(evidence=tuple(_statement(one) for one in closest), near_miss=near_miss)


def _statement(one: StatementEvidence) -> StatementEvidence:
    conditions = tuple(_condition(condition) for condition in one.conditions[:VALUES])
    return replace(one, wanted=_few(one.wanted), conditions=conditions)


def _condition(one: ConditionEvidence) -> ConditionEvidence:
    return replace(one, wanted=_few(one.wanted), given=_few(one.given))


def _few(values: tuple[str, ...]) -> tuple[str, ...]:
    left = len(values) - VALUES
    return values if left <= 0 or values[-1].startswith(MORE) else (*values[:VALUES], f"{MORE}{left}")


def fitted(text: str, longest: int, more: Callable[[int], str]) -> str:
    """Whole lines of `text` in at most `longest` characters; `more` says how many are left out."""
    if len(text) <= longest:
        return text
    lines = text.split("\n")
    room = longest - len(more(len(lines)))
    kept: list[str] = []
    for line in lines:
        if room - len(line) - 1 < 0:
            break
        kept.append(line)
        room -= len(line) + 1
    return "\n".join([*kept, more(len(lines) - len(kept))])

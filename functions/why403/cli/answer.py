"""What `why403 evaluate` answers to the requests of one set of policies, kept for those that come to the same."""

import json
import re
import secrets
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import replace
from json.encoder import encode_basestring_ascii

from why403.decisions.alike import Alike
from why403.decisions.decision import Decision, Outcome, Request
from why403.decisions.evaluate import CompiledSet
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.lint import first_of, lint_policies
from why403.decisions.lint_resources import lint_target
from why403.decisions.unchangeable import unchangeable
from why403.iam.layer import Layer
from why403.message import Message

WITH_LEVELS = frozenset({Layer.SCP, Layer.RCP})
MOST_KEPT = 256
"""Answers of one set: each is some 2 KB."""
_STAND_IN = secrets.token_hex(16)
"""Stands for a text of the request while an answer is written; no policy can hold it."""
_SLOT = re.compile(f'"{_STAND_IN}-([012])"')
"""Where one stood: a whole text of JSON."""
Encode = Callable[[str], str]
"""Text as JSON."""
Pieces = tuple[str | int, ...]
"""The answer's JSON without its id, cut where a text of the request stands: principal, action or resource."""


class _Own(str):
    """A text of a request: the same words in a policy are another object."""

    __slots__ = ()


class Answers:
    """One set's policies, compiled, and what was answered of them where the set comes `again`."""

    __slots__ = ("_alike", "_compiled", "_kept", "_odd")

    def __init__(self, compiled: CompiledSet, *, again: bool = True) -> None:
        self._compiled = compiled
        self._odd = lint_policies(compiled.layers)
        self._alike = Alike(compiled.layers) if again else None
        self._kept: dict[Hashable, Pieces] = {}

    def answer(self, request: Request) -> str:
        """The contract's answer but for the id, as JSON without the first brace."""
        call = self._compiled.context(request)
        mark = self._alike.mark(call) if self._alike is not None else None
        if mark is None:
            return self._told(call)
        found = self._kept.get(mark)
        if found is None:
            found = self._kept_anew(request, mark)
        return _filled(found, request) if found else self._told(call)

    def _kept_anew(self, request: Request, mark: Hashable) -> Pieces:
        """The answer in pieces; none where it hangs on the letters of the request's names."""
        own = _Own(request.principal), _Own(request.action), _Own(request.resource)
        principal, action, resource = own
        call = self._compiled.context(replace(request, principal=principal, action=action, resource=resource))
        stand_ins = {id(text): f'"{_STAND_IN}-{number}"' for number, text in enumerate(own)}
        told = self._told(call, lambda text: stand_ins.get(id(text)) or encode_basestring_ascii(text))
        cut = _SLOT.split(told)
        pieces = tuple(int(piece) if number % 2 else piece for number, piece in enumerate(cut))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[mark] = () if call.by_letters else pieces
        return self._kept[mark]

    def _told(self, call: EvaluationContext, encode: Encode = encode_basestring_ascii) -> str:
        decision = self._compiled.decide_call(call)
        return _written(decision, self._findings(decision, call), encode)

    def _findings(self, decision: Decision, call: EvaluationContext) -> tuple[Message, ...]:
        """What is worth telling beside the decision on one request."""
        if decision.outcome is Outcome.ALLOWED:
            return self._odd
        layers = self._compiled.layers
        unable = unchangeable(decision, call.request, layers.policies)
        return first_of((*unable, *self._odd, *lint_target(layers, call.request, call)))


def _filled(pieces: Pieces, request: Request) -> str:
    own = request.principal, request.action, request.resource
    return "".join(
        [piece if isinstance(piece, str) else encode_basestring_ascii(own[piece]) for piece in pieces]
    )


def _written(decision: Decision, findings: Iterable[Message], encode: Encode) -> str:
    """The contract's answer, with the blanks of json.dumps and four times as fast. The texts of enums need no escape."""
    layers = [
        f'{{"layer": "{one.layer}", "effect": "{one.effect}", "policy": {encode(one.policy)}, '
        f'"statement": {encode(one.statement)}, "reason": "{one.reason}", "values": {{{_members(one.values, encode)}}}'
        + (f', "level": {one.level}}}' if one.layer in WITH_LEVELS else "}")
        for one in decision.layers
    ]
    denied_by = [f'"{layer}"' for layer in decision.denied_by]
    told = [
        f'{{"finding": "{one.id}", {_members(one.values, encode)}}}'
        if one.values
        else f'{{"finding": "{one.id}"}}'
        for one in findings
    ]
    return (
        f'"decision": "{decision.outcome}", "layers": [{", ".join(layers)}], "denied_by": [{", ".join(denied_by)}], '
        f'"settles": [{", ".join(map(encode, decision.settles))}], "findings": [{", ".join(told)}]}}'
    )


def _members(values: Mapping[str, str], encode: Encode) -> str:
    return ", ".join([f'"{name}": {encode(text)}' for name, text in values.items()]) if values else ""


def written_out(identifier: object, answer: Mapping[str, str] | str) -> str:
    """A line of the output: the id, then the answer."""
    rest = answer if isinstance(answer, str) else json.dumps(answer)[1:]
    told = encode_basestring_ascii(identifier) if isinstance(identifier, str) else json.dumps(identifier)
    return f'{{"id": {told}, {rest}'

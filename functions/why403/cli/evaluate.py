"""`why403 evaluate`: JSON Lines of requests and policies in, decisions out, one object per input line."""

import json
import marshal
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from why403.cli.line_by_line import answer_lines
from why403.decisions.decision import Decision, Outcome
from why403.decisions.evaluate import CompiledSet, compile_set
from why403.decisions.lint import first_of, lint_policies
from why403.decisions.lint_target import lint_target
from why403.decisions.policy_compiler import PolicyCompiler
from why403.decisions.request import Request
from why403.decisions.unchangeable import unchangeable
from why403.iam.layer import Layer
from why403.iam.policy import Policy
from why403.iam.principal import PrincipalKind, parse_principal
from why403.message import Message
from why403.policies.policy_set import PolicySet

ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9-]+", re.ASCII)
"""One action: no wildcard, no blank."""
WITH_LEVELS = frozenset({Layer.SCP, Layer.RCP})
MOST_QUOTED = 200
"""Characters of a wrong value that an error tells."""
POLICIES = '"policies"'
NOTHING_MORE = '"":0}'
"""Closes what stands before the policies; an object of its own only where they are a member of the line itself."""
REMEMBERED_SETS = 256
"""Sets of compiled policies kept between lines: some 20 times their text, 50 MB for sets of 10 KB."""
REMEMBERED_POLICIES = 2048
"""Policies kept between lines, with what they were compiled to."""
WITHOUT_REFERENCES = 2
"""The version of marshal's bytes in which equal documents are equal bytes; a quarter of JSON's time."""
ReadPolicy = Callable[[Mapping[str, Any]], Policy]
_ID = re.compile(r'\s{0,9}\{\s{0,9}"id"\s{0,9}:\s{0,9}"([^"\\]{1,200})"')


TOLD = """Read {"id", "request", "policies"} a line, and write which policies allow and deny it: one object a line, in the same
order, with "error" where a line is no case."""
EXAMPLES = "why403 evaluate < requests.jsonl > decisions.jsonl"


def run(_options: list[str]) -> int:
    """Evaluate standard input. A line that is no case gets an `error`."""
    answer_lines(evaluate_line)
    return 0


def evaluate_line(line: bytes | str) -> dict[str, Any]:
    """One input line's answer."""
    case: Any = None
    try:
        case, read = _read(line if isinstance(line, str) else line.decode())
        request = read_request(case["request"])
        decision = read.compiled.decide(request)
        findings = [{"finding": told.id, **told.values} for told in read.findings(decision, request)]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        given = case.get("id") if isinstance(case, Mapping) else _id_of(line)
        return {"id": given, "error": f"not a case of `why403 evaluate`: {type(error).__name__}: {error}"}
    return {"id": case.get("id"), **write_decision(decision), "findings": findings}


@dataclass(frozen=True, slots=True)
class ReadPolicies:
    """Policies as one line gave them, compiled, with what is odd in them; `beside`: the line's other members."""

    compiled: CompiledSet
    odd: tuple[Message, ...]
    beside: Mapping[str, Any]

    def findings(self, decision: Decision, request: Request) -> tuple[Message, ...]:
        """What is worth telling beside the decision on one request."""
        if decision.outcome is Outcome.ALLOWED:
            return self.odd
        layers = self.compiled.layers
        return first_of(
            (*unchangeable(decision, request, layers.policies), *self.odd, *lint_target(layers, request))
        )


def _read(line: str) -> tuple[Mapping[str, Any], ReadPolicies]:
    """A line's members and its policies, those of an earlier line where they stand in the same words at the end.

    Cut before `"policies"`, each part must be an object of its own: where it is not, the words stood within a text or
    deeper, and the line is read whole.
    """
    cut = line.find(POLICIES)
    if cut > 0:
        try:
            head = json.loads(line[:cut] + NOTHING_MORE)
            read = _read_policies(line[cut:].strip())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        else:
            return {**head, **read.beside}, read
    case = json.loads(line)
    return case, _compiled(case["policies"], {})


@lru_cache(REMEMBERED_SETS)
def _read_policies(text: str) -> ReadPolicies:
    written = json.loads("{" + text)
    return _compiled(written.pop("policies"), written)


def _compiled(written: Mapping[str, Any], beside: Mapping[str, Any]) -> ReadPolicies:
    policies = read_policies(written, _KEPT.policy)
    compiled = compile_set(policies, _KEPT.compiler)
    return ReadPolicies(compiled, lint_policies(compiled.layers), beside)


class KeptPolicies:
    """Policies of earlier lines, each known by its words: those of an organization stand in every line."""

    __slots__ = ("_policies", "compiler")

    def __init__(self) -> None:
        self._policies: dict[tuple[str, str, bytes], Policy] = {}
        self.compiler = PolicyCompiler()

    def policy(self, written: Mapping[str, Any]) -> Policy:
        """The contract's policy, the same object for the same words."""
        read = read_policy(written)
        words = read.name, read.arn, marshal.dumps(written["document"], WITHOUT_REFERENCES)
        found = self._policies.get(words)
        if found is None:
            if len(self._policies) >= REMEMBERED_POLICIES:
                self._policies.clear()
                self.compiler = PolicyCompiler()
            found = self._policies[words] = read
        return found


_KEPT = KeptPolicies()


def read_request(written: Mapping[str, Any]) -> Request:
    """The contract's `request`. KeyError, TypeError or ValueError where it is not as documented."""
    context = written.get("context") or {}
    return Request(
        principal=_principal(written["principal"]),
        action=_action(written["action"]),
        resource=_text(written["resource"]),
        resource_account=_text(written.get("resource_account") or ""),
        context={key: _value(value) for key, value in context.items() if value is not None},
        context_complete=written.get("context_complete", True) is not False,
    )


def read_policies(written: Mapping[str, Any], read: ReadPolicy | None = None) -> PolicySet:
    """The contract's `policies`: a key left out (or null) means that the layer does not apply."""
    read = read or read_policy
    resource = written.get("resource")
    return PolicySet(
        identity=_listed(written.get("identity"), read),
        boundary=_listed(written.get("boundary"), read),
        session=_listed(written.get("session"), read),
        scp=_levels(written.get("scp"), read),
        rcp=_levels(written.get("rcp"), read),
        resource=None if resource is None else read(resource),
        vpc_endpoint=_listed(written.get("vpc_endpoint"), read),
    )


def write_decision(decision: Decision) -> dict[str, Any]:
    """The contract's answer, without the id."""
    return {
        "decision": decision.outcome.value,
        "layers": [
            {
                "layer": finding.layer.value,
                "effect": finding.effect.value,
                "policy": finding.policy,
                "statement": finding.statement,
                "reason": finding.reason,
                "values": dict(finding.values),
            }
            | ({"level": finding.level} if finding.layer in WITH_LEVELS else {})
            for finding in decision.layers
        ],
        "denied_by": [layer.value for layer in decision.denied_by],
        "settles": list(decision.settles),
    }


def _id_of(line: bytes | str) -> str | None:
    """The id at the start of a line that cannot be read whole (nested too deep, cut off, no UTF-8)."""
    found = _ID.match(line if isinstance(line, str) else line.decode(errors="replace"))
    return found.group(1) if found else None


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    raise TypeError(f"expected text, got {value!r}"[:MOST_QUOTED])


def _principal(value: object) -> str:
    text = _text(value)
    principal = parse_principal(text)
    if principal.kind is PrincipalKind.UNKNOWN or (principal.account and not principal.name):
        raise ValueError(
            f"a principal is an ARN, a service's name or `anonymous`, not {text!r}"[:MOST_QUOTED]
        )
    return text


def _action(value: object) -> str:
    text = _text(value)
    if ACTION.fullmatch(text) is None:
        raise ValueError(f"an action is `service:Name`, not {text!r}"[:MOST_QUOTED])
    return text


def _value(value: object) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(_scalar(item) for item in value)
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise TypeError(f"a context value is text or a list of texts, not {value!r}"[:MOST_QUOTED])


def read_policy(written: Mapping[str, Any]) -> Policy:
    """The contract's P: `{"name", "document"}`."""
    return Policy(
        name=str(written.get("name") or ""), document=written["document"], arn=str(written.get("arn") or "")
    )


def _listed(written: list[Mapping[str, Any]] | None, read: ReadPolicy) -> tuple[Policy, ...] | None:
    return None if written is None else tuple(map(read, written))


def _levels(
    written: list[list[Mapping[str, Any]]] | None, read: ReadPolicy
) -> tuple[tuple[Policy, ...], ...] | None:
    return None if written is None else tuple(tuple(map(read, level)) for level in written)

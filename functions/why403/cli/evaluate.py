"""`why403 evaluate`: JSON Lines of requests and policies in, decisions out, one object per input line."""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from why403.cli.answer import Answers, written_out
from why403.cli.line_by_line import answer_lines
from why403.decisions.caller import caller_of
from why403.decisions.decision import Request
from why403.decisions.evaluate import compile_set
from why403.decisions.layer_policies import PolicyCompiler
from why403.iam.document import words_of
from why403.iam.layer import Policy
from why403.iam.principal import PrincipalKind
from why403.policies.policy_set import PolicySet

ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9-]+", re.ASCII)
"""One action: no wildcard, no blank."""
MOST_QUOTED = 200
"""Characters of a wrong value that an error tells."""
POLICIES = '"policies"'
NOTHING_MORE = '"":0}'
"""Closes what stands before the policies; an object of its own only where they are a member of the line itself."""
REMEMBERED_SETS = 256
"""Sets of compiled policies kept between lines: some 20 times their text, 50 MB for sets of 10 KB."""
REMEMBERED_POLICIES = 2048
"""Policies kept between lines, with what they were compiled to."""
REMEMBERED_NAMES = 4096
"""Names of policies, and texts of sets, of which is known that they were there."""
ReadPolicy = Callable[[Mapping[str, Any]], Policy]
_ID = re.compile(r'\s{0,9}\{\s{0,9}"id"\s{0,9}:\s{0,9}"([^"\\]{1,200})"')
"""Only at the start, where a line that is cut or too deep still reads as JSON; an id with escapes is left out."""


TOLD = """Read {"id", "request", "policies"} a line, and write which policies allow and deny it: one object a line, in the same
order, with "error" where a line is no case."""
EXAMPLES = "why403 evaluate < requests.jsonl > decisions.jsonl"


def run(_options: list[str]) -> int:
    """Evaluate standard input. A line that is no case gets an `error`."""
    answer_lines(answer_line)
    return 0


def evaluate_line(line: bytes | str) -> dict[str, Any]:
    """One input line's answer."""
    told: dict[str, Any] = json.loads(answer_line(line))
    return told


def answer_line(line: bytes | str) -> str:
    """One input line's answer as it is written."""
    case: Any = None
    try:
        case, answers = _read(line if isinstance(line, str) else line.decode())
        return written_out(case.get("id"), answers.answer(read_request(case["request"])))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        given = case.get("id") if isinstance(case, Mapping) else _id_of(line)
        told = f"not a case of `why403 evaluate`: {type(error).__name__}: {error}"
        return written_out(given, {"error": told})


def _read(line: str) -> tuple[Mapping[str, Any], Answers]:
    """A line's members and its policies, those of an earlier line where they stand in the same words at the end.

    Cut before `"policies"`, each part must be an object of its own: where it is not, the words stood within a text or
    deeper, and the line is read whole.
    """
    cut = line.find(POLICIES)
    if cut > 0:
        try:
            head = _decoded(line[:cut] + NOTHING_MORE)
            answers, beside = _read_policies(line[cut:].strip())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass
        else:
            return {**head, **beside}, answers
    case = json.loads(line)
    return case, _compiled(case["policies"])


def _read_policies(text: str) -> tuple[Answers, Mapping[str, Any]]:
    """The policies at a line's end, and the members that stand behind them; kept from the second time on."""
    if hash(text) in _SEEN:
        return _kept_policies(text)
    if len(_SEEN) >= REMEMBERED_NAMES:
        _SEEN.clear()
    _SEEN.add(hash(text))
    return _parsed(text, again=False)


_SEEN: set[int] = set()
"""Hashes of texts: two that share one are kept a line too early."""


@lru_cache(REMEMBERED_SETS)
def _kept_policies(text: str) -> tuple[Answers, Mapping[str, Any]]:
    return _parsed(text, again=True)


def _parsed(text: str, *, again: bool) -> tuple[Answers, Mapping[str, Any]]:
    written = _decoded("{" + text)
    return _compiled(written.pop("policies"), again=again), written


def _decoded(text: str) -> Any:  # noqa: ANN401  # whatever JSON has
    """As json.loads, but that nothing may stand around it: a tenth of its time goes into looking for blanks."""
    value, end = _DECODER.raw_decode(text)
    return value if end == len(text) else json.loads(text)


_DECODER = json.JSONDecoder()


def _compiled(written: Mapping[str, Any], *, again: bool = False) -> Answers:
    return Answers(compile_set(read_policies(written, _KEPT.policy), _KEPT.compiler), again=again)


class KeptPolicies:
    """Policies of earlier lines, each known by its words: those of an organization stand in every line.

    Kept once their name comes again: what stands in one line only leaves nothing behind.
    """

    __slots__ = ("_by_words", "_ids", "_named", "compiler")

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._named: set[str] = set()
        self._by_words: dict[tuple[str, str, bytes], Policy] = {}
        self._ids: set[int] = set()
        """Of the policies in the line above; a compiler that is still in use has its own."""
        self.compiler = PolicyCompiler(self._ids)

    def policy(self, written: Mapping[str, Any]) -> Policy:
        """The contract's policy, the same object for the same words."""
        policy = read_policy(written)
        name = policy.name
        if name not in self._named:
            if len(self._named) >= REMEMBERED_NAMES:
                self._named.clear()
            self._named.add(name)
            return policy
        words = words_of(policy.document)
        if words is None:
            return policy
        known = name, policy.arn, words
        if known not in self._by_words:
            if len(self._by_words) >= REMEMBERED_POLICIES:
                self._begin()
            self._ids.add(id(policy))
            self._by_words[known] = policy
        return self._by_words[known]


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
    principal = caller_of(text).principal
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
    fields = str(written.get("name") or ""), written["document"], str(written.get("arn") or "")
    return tuple.__new__(Policy, fields)  # half the time of its own call, eight times a line


def _listed(written: list[Mapping[str, Any]] | None, read: ReadPolicy) -> tuple[Policy, ...] | None:
    return None if written is None else tuple([read(policy) for policy in written])


def _levels(
    written: list[list[Mapping[str, Any]]] | None, read: ReadPolicy
) -> tuple[tuple[Policy, ...], ...] | None:
    return (
        None if written is None else tuple([tuple([read(policy) for policy in level]) for level in written])
    )

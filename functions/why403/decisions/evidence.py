"""Statement by statement, why it applies or not; worked out when somebody asks."""

from collections.abc import Callable, Iterable, Sequence
from typing import overload

from why403.decisions.compiled_statement import CompiledStatement
from why403.decisions.decision import Match, Part, StatementEvidence
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.layer_policies import SMALL_SET
from why403.decisions.three_valued import every

YES, NO, UNKNOWN = Match.YES, Match.NO, Match.UNKNOWN


class Evidence(Sequence[StatementEvidence]):
    """A tuple of evidence that is built at the first look."""

    __slots__ = ("_build", "_built")

    def __init__(self, build: Callable[[], tuple[StatementEvidence, ...]]) -> None:
        self._build = build
        self._built: tuple[StatementEvidence, ...] | None = None

    def _all(self) -> tuple[StatementEvidence, ...]:
        if self._built is None:
            self._built = self._build()
        return self._built

    @overload
    def __getitem__(self, index: int) -> StatementEvidence: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[StatementEvidence]: ...
    def __getitem__(self, index: int | slice) -> StatementEvidence | Sequence[StatementEvidence]:
        return self._all()[index]

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(len(self))

    def __repr__(self) -> str:
        return repr(self._all())


def evidence_of(statements: Sequence[CompiledStatement], call: EvaluationContext) -> Evidence:
    """The evidence of a layer's statements, built at the first look."""
    return Evidence(lambda: tuple(explain(statement, call) for statement in _worth_telling(statements, call)))


def _worth_telling(
    statements: Sequence[CompiledStatement], call: EvaluationContext
) -> Iterable[CompiledStatement]:
    if len(statements) <= SMALL_SET:
        return statements
    return [statement for statement in statements if statement.speaks_of(call.action)]


def explain(statement: CompiledStatement, call: EvaluationContext) -> StatementEvidence:
    """Each part of one statement against the call."""
    action = YES if statement.speaks_of(call.action) else NO
    resource = statement.match_resource(call)
    principal = statement.match_principal(call)[0]
    conditions = tuple(test.evidence(call) for test in statement.conditions)
    met = every(test.match for test in conditions)
    parts = {Part.ACTION: action, Part.RESOURCE: resource, Part.PRINCIPAL: principal, Part.CONDITION: met}
    misses = tuple(part for part, match in parts.items() if match is NO)
    written = statement.statement
    return StatementEvidence(
        layer=statement.layer,
        policy=statement.policy,
        statement=written.name,
        index=written.index,
        effect=written.effect,
        action=action,
        resource=resource,
        principal=principal,
        conditions=conditions,
        match=NO if misses else statement.evaluate(call)[0],
        misses=misses,
        wanted=_wanted(statement, misses),
    )


def _wanted(statement: CompiledStatement, misses: tuple[Part, ...]) -> tuple[str, ...]:
    if not misses:
        return ()
    written = statement.statement
    match misses[0]:
        case Part.ACTION:
            return written.actions or written.not_actions or ()
        case Part.RESOURCE:
            return written.resources or written.not_resources or ()
        case Part.PRINCIPAL:
            return statement.wanted_principals
        case Part.CONDITION:
            return ()

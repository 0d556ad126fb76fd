"""One statement, compiled once, evaluated for many calls."""

from functools import lru_cache

from why403.decisions.condition_test import ConditionTest, condition_test, unknown_variables
from why403.decisions.decision import NO, UNKNOWN, YES, Match, every, negate
from why403.decisions.evaluation_context import EvaluationContext
from why403.decisions.principal_match import (
    FEDERATED_KEY,
    NAMED_NOT,
    Named,
    Naming,
    match_not_principal,
    match_principal,
)
from why403.iam.document import ALLOW, REMEMBERED, Defect, Statement, StatementForm
from why403.iam.layer import Layer
from why403.iam.patterns import EVERYTHING, ArnPattern, resource_pattern
from why403.iam.principal_element import NamedPrincipals, parse_principals
from why403.iam.template import VARIABLE, NoValue

WITH_PRINCIPAL = frozenset({Layer.RESOURCE, Layer.TRUST, Layer.VPC_ENDPOINT})
RESOURCE_OPTIONAL = frozenset({Layer.RESOURCE, Layer.TRUST})
UNREADABLE_ACTION = frozenset({Defect.ACTION_ELEMENT, Defect.NOT_AN_OBJECT})
EVERYONE: Named = (YES, Naming.DIRECT)
PERHAPS: Named = (UNKNOWN, Naming.DIRECT)


def defects_of(statement: Statement, layer: Layer) -> tuple[Defect, ...]:
    """What AWS would refuse in a statement, the layer's own demands among it."""
    defects = statement.defects
    form = statement.form
    if (
        statement.resources is not None
        and form.principal is form.not_principal is None
        and layer not in WITH_PRINCIPAL
    ):
        return defects
    if layer in WITH_PRINCIPAL:
        if named_in(form) is None:
            defects += (Defect.PRINCIPAL_ELEMENT,)
    elif layer is not Layer.RCP and not form.principal is form.not_principal is None:
        defects += (Defect.PRINCIPAL_ELEMENT,)
    if statement.resources is None and statement.not_resources is None and layer not in RESOURCE_OPTIONAL:
        defects += (Defect.RESOURCE_ELEMENT,)
    return defects


@lru_cache(REMEMBERED)
def named_in(form: StatementForm) -> NamedPrincipals | None:
    """Who its NotPrincipal names where it has one, else its Principal; None as of `parse_principals`."""
    return parse_principals(form.principal if form.not_principal is None else form.not_principal)


def speaks_of(statement: Statement, action: str) -> bool:
    """Whether its Action or NotAction means `action`, given in lower case. A Deny's that cannot be read may."""
    form = statement.form
    if form.patterns.match(action) is not form.negated:
        return True
    return bool(statement.defects) and _may_deny(statement)


def may_speak_of(statement: Statement, service: str) -> bool:
    """False where none of its actions can be one of the service, given in lower case."""
    form = statement.form
    if service in form.patterns.services or form.patterns.any_service or form.negated:
        return True
    return bool(statement.defects) and _may_deny(statement)


def _may_deny(statement: Statement) -> bool:
    return statement.form.effect != ALLOW and not UNREADABLE_ACTION.isdisjoint(statement.defects)


class CompiledStatement:
    """A statement of one policy of one layer."""

    __slots__ = (
        "_compiled",
        "_named",
        "_negated_principal",
        "_negated_resource",
        "_tests",
        "_written",
        "always",
        "defects",
        "deny",
        "layer",
        "policy",
        "statement",
        "variables",
    )

    def __init__(self, statement: Statement, layer: Layer, policy: str, *, variables: bool) -> None:
        self.statement = statement
        self.layer = layer
        self.policy = policy
        self.variables = variables
        """The document's Version knows policy variables."""
        form = statement.form
        self.deny = form.effect != ALLOW
        self._negated_resource = statement.not_resources is not None
        written = self._written = statement.not_resources if self._negated_resource else statement.resources
        self._compiled: tuple[ArnPattern, ...] | None = None
        self._negated_principal = form.not_principal is not None
        self._tests: tuple[ConditionTest, ...] | None = None
        with_principal = layer in WITH_PRINCIPAL
        self._named = named_in(form) if with_principal else None
        defects = self.defects = defects_of(statement, layer)
        everywhere = written is None or (EVERYTHING in written and not self._negated_resource)
        self.always = everywhere and not (form.conditions or defects or with_principal)
        """It applies to every call whose action it speaks of: `*`, without conditions or principals."""

    def _patterns(self) -> tuple[ArnPattern, ...] | None:
        """The resource patterns, compiled when first asked for; None: the resource that it is attached to."""
        if self._compiled is None and self._written is not None:
            short = self.layer is not Layer.SESSION
            compiled = [resource_pattern(text, self.variables, short) for text in self._written]
            self._compiled = tuple(compiled)
        return self._compiled

    @property
    def reads_resource(self) -> bool:
        """Whether it does not apply to every resource alike."""
        return self._written is not None and EVERYTHING not in self._written

    @property
    def reads_keys(self) -> tuple[str, ...]:
        """The condition keys that it looks at, in lower case: its conditions' and its variables'."""
        written = (
            *(self._written or ()),
            *(text for one in self.statement.conditions for text in one.values),
        )
        inside = [found.group(1) for text in written if "${" in text for found in VARIABLE.finditer(text)]
        named = (*inside, *(text.partition(",")[0] for text in inside))
        keys = (*(one.key for one in self.statement.conditions), *map(str.strip, named))
        return tuple(key.lower() for key in keys)

    @property
    def is_unreadable(self) -> bool:
        """A Deny with a Resource that IAM does not know."""
        readable = not self.deny or self._negated_resource or self.layer in RESOURCE_OPTIONAL
        return not readable and any(pattern.never for pattern in self._patterns() or ())

    def speaks_of(self, action: str) -> bool:
        """Whether its Action or NotAction means `action`, given in lower case. A Deny's that cannot be read may."""
        return speaks_of(self.statement, action)

    def allows_some(self, service: str) -> bool:
        """Whether it is an Allow that names actions of the service, given in lower case."""
        form = self.statement.form
        return not self.deny and not form.negated and service in form.patterns.services

    def match_resource(self, call: EvaluationContext) -> Match:
        """Whether its Resource or NotResource means the call's resource.

        A pattern that IAM does not know grants nothing; what it denies, nobody knows. Services that keep policies of
        their own may store one, and it matches nothing there.
        """
        if self.deny and Defect.RESOURCE_ELEMENT in self.defects:
            return UNKNOWN
        patterns = self._compiled if self._compiled is not None else self._patterns()
        if patterns is None:
            return YES
        match = NO
        for pattern in patterns:
            found = pattern.matches(call.resource, call.segments, call.value)
            if found is True:
                match = YES
                break
            if found is NoValue.UNKNOWN:
                match = UNKNOWN
        if self._negated_resource:
            return negate(match)
        return UNKNOWN if match is NO and self.deny and self.is_unreadable else match

    def match_principal(self, call: EvaluationContext) -> Named:
        """Whether it means the caller, and how directly."""
        if self.layer not in WITH_PRINCIPAL:
            return EVERYONE
        if self.deny and Defect.PRINCIPAL_ELEMENT in self.defects:
            return PERHAPS
        if self._named is None:
            return NAMED_NOT
        if self._negated_principal:
            return match_not_principal(self._named, call, deny=self.deny)
        named = match_principal(self._named, call)
        return PERHAPS if self.deny and self._named.unreadable and named[0] is NO else named

    def match_conditions(self, call: EvaluationContext) -> Match:
        """Whether all its conditions are met."""
        return every([test.match(call) for test in self.conditions])

    def evaluate(self, call: EvaluationContext) -> Named:
        """Whether it applies to a call whose action it speaks of. A statement with defects never surely does."""
        if self.always:
            return EVERYONE
        match, naming = self.match_principal(call) if self.layer in WITH_PRINCIPAL else EVERYONE
        if match is NO:
            return NAMED_NOT
        resource = self.match_resource(call)
        if resource is NO:
            return NAMED_NOT
        conditions = self.match_conditions(call) if self.statement.form.conditions else YES
        if conditions is NO:
            return NAMED_NOT
        if self.defects:
            return (UNKNOWN, naming) if self.deny else NAMED_NOT
        return (YES if match is resource is conditions is YES else UNKNOWN), naming

    def unknown_keys(self, call: EvaluationContext) -> tuple[str, ...]:
        """The keys, as the policy spells them, that nobody knows and that would settle whether it applies."""
        found = [key for test in self.conditions for key in test.unknown_keys(call)]
        if self.match_resource(call) is UNKNOWN:
            found += unknown_variables(self.statement.resources or self.statement.not_resources or (), call)
        if self.match_principal(call)[0] is UNKNOWN and self._named is not None:
            found += [FEDERATED_KEY if self._named.federated else "CanonicalUser"]
        return tuple(dict.fromkeys(found))

    @property
    def conditions(self) -> tuple[ConditionTest, ...]:
        """Its conditions, in the order written, compiled when first asked for."""
        if self._tests is None:
            self._tests = tuple(
                [condition_test(one, self.variables) for one in self.statement.form.conditions]
            )
        return self._tests

    @property
    def means_everyone(self) -> bool:
        """Its Principal is `*`, or it has a NotPrincipal."""
        return self._named is not None and (self._named.everyone or self._negated_principal)

    @property
    def wanted_principals(self) -> tuple[str, ...]:
        """The principals as written."""
        return self._named.texts if self._named else ()

"""The CDK's constructs as a checkout writes them: what makes a role or a queue, and the logical ids that it will have.

A logical id ends with a hash of the construct's path, so that a path read from the source is proven by it.
https://docs.aws.amazon.com/cdk/v2/guide/identifiers.html
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from why403.sources.assembly import human, logical_id
from why403.sources.cloudformation import is_generated
from why403.sources.code import Code, CodeCall, Surroundings, dotted
from why403.sources.kinds import L1, SOURCE_KINDS, l1_layers
from why403.sources.planned import UNKNOWN
from why403.sources.source_edit import SourceDraft, may_be

MOST_PATHS = 2_000
"""Paths of one construct: classes that make each other's constructs could have more than a machine holds."""
MOST_STEPS = 100_000
"""Classes and uses that are walked in all; an app of a thousand constructs takes some ten thousand."""
DEEPEST = 20
"""Classes in classes; an app has some five."""
LOGICAL = re.compile(r"([A-Za-z0-9]+?)([0-9A-F]{8})")
"""A logical id of the CDK: what people read, and the hash."""
STACKS = {"aws_cdk.Stack", "aws_cdk.NestedStack"}
TASK_ROLES = (
    ("TaskRole", "addToTaskRolePolicy", "taskRole"),
    ("ExecutionRole", "addToExecutionRolePolicy", "executionRole"),
)


@dataclass(frozen=True, slots=True)
class MadeByConstruct:
    """What a construct makes: below which `path`, the `method` that adds a statement, the argument that gives one of others.

    `literal`: the layer whose policy an L1 construct holds as it is written, without a method; empty of all others.
    """

    path: tuple[str, ...]
    method: str = ""
    given: str = ""
    literal: str = ""


def _tasks(*below: str) -> tuple[MadeByConstruct, ...]:
    through = "taskDefinition." if below else ""
    return tuple(
        MadeByConstruct((*below, role, "Resource"), through + method, given)
        for role, method, given in TASK_ROLES
    )


ROLE = MadeByConstruct(("Resource",), "addToPolicy")
TRUST = MadeByConstruct(("Resource",), "assumeRolePolicy.addStatements")
FUNCTION = (MadeByConstruct(("ServiceRole", "Resource"), "addToRolePolicy", "role"),)
RUN = (MadeByConstruct(("Role", "Resource"), "addToRolePolicy", "role"),)
ROLES: Mapping[str, tuple[MadeByConstruct, ...]] = {
    "aws_iam.Role": (ROLE,),
    "aws_lambda.Function": FUNCTION,
    "aws_lambda.DockerImageFunction": FUNCTION,
    "aws_lambda_nodejs.NodejsFunction": FUNCTION,
    "aws_lambda_python_alpha.PythonFunction": FUNCTION,
    "aws_lambda_go_alpha.GoFunction": FUNCTION,
    "aws_ecs.FargateTaskDefinition": _tasks(),
    "aws_ecs.Ec2TaskDefinition": _tasks(),
    "aws_ecs.ExternalTaskDefinition": _tasks(),
    "aws_ecs.TaskDefinition": _tasks(),
    "aws_ecs_patterns.ApplicationLoadBalancedFargateService": _tasks("TaskDef"),
    "aws_ecs_patterns.NetworkLoadBalancedFargateService": _tasks("TaskDef"),
    "aws_ecs_patterns.QueueProcessingFargateService": _tasks("QueueProcessingTaskDef"),
    "aws_ecs_patterns.ScheduledFargateTask": _tasks("ScheduledTaskDef"),
    "aws_stepfunctions.StateMachine": RUN,
    "aws_codebuild.Project": RUN,
    "aws_codebuild.PipelineProject": RUN,
    "aws_ec2.Instance": (MadeByConstruct(("InstanceRole", "Resource"), "addToRolePolicy", "role"),),
}
"""Constructs that make roles. Their paths are what `cdk synth` of aws-cdk-lib 2.275 made of one each."""
POLICY = MadeByConstruct(("Resource",), "addToResourcePolicy")
RESOURCES: Mapping[str, tuple[str, str]] = {
    each.cdk[0]: (each.arn.split(":")[2], each.cdk[1]) for each in SOURCE_KINDS if each.cdk[0]
}
"""Constructs with a policy of their own: the service, and the argument that names one."""


@dataclass(frozen=True, slots=True)
class FoundConstruct:
    """A construct that makes, or may make, the draft's target.

    `sure`: its logical id proves its path, or it tells the name itself; `in_part`: only the end of its path fits;
    `also`: the logical ids of the same line's others, as its class is used several times.
    """

    code: Code
    call: CodeCall
    made: MadeByConstruct
    logical_id: str
    sure: bool
    in_part: bool
    also: tuple[str, ...]


@dataclass(slots=True)
class CdkSources:
    """The CDK code of a checkout. `paths`: construct paths of a cdk.out by logical id; `stack`: the draft's; empty: not known."""

    codes: Sequence[Code]
    paths: Mapping[str, Sequence[str]] = field(default_factory=dict)
    stack: str = ""
    _uses: dict[str, list[tuple[Code, CodeCall]]] = field(default_factory=dict)
    _extended: dict[str, set[str]] = field(default_factory=dict)
    _bases: dict[str, set[str]] = field(default_factory=dict)
    _steps: int = 0

    def __post_init__(self) -> None:
        for code in self.codes:
            for name, bases in code.bases.items():
                self._bases.setdefault(name, set()).update(map(code.full_name, bases))
                for base in bases:
                    self._extended.setdefault(base.rpartition(".")[2], set()).add(name)
            for call in code.calls:
                if call.name and call.positional:
                    self._uses.setdefault(call.name.rpartition(".")[2], []).append((code, call))

    def found(self, draft: SourceDraft) -> Iterator[FoundConstruct]:
        """What may make the draft's target."""
        for code in self.codes:
            for call in code.calls:
                for made, named in _makes(code, call, draft):
                    one = self._matched(code, call, made, named, draft)
                    if one is not None:
                        yield one

    def _matched(
        self, code: Code, call: CodeCall, made: MadeByConstruct, named: str, draft: SourceDraft
    ) -> FoundConstruct | None:
        told = code.value(call.named[named]) if named in call.named else None
        sure = may_be(draft.name, str(told)) if told is not None else None
        if told is not None and sure is None:
            return None
        meant, also, near = list[str](), list[str](), False
        for path in self._paths(code, call):
            logical = self._logical((*path, *made.path), draft)
            (meant if logical and _is_meant(logical, draft) else also).append(logical or "?")
            near = near or (not logical and _may_end(path, made, draft))
        if not (meant or told is not None or near):
            return None
        others = (*meant[1:], *also) if meant else tuple(also[1:])
        in_part = not meant and told is None
        is_proven = bool(meant) and bool(draft.logical_id or LOGICAL.fullmatch(meant[0]))
        return FoundConstruct(code, call, made, (*meant, "?")[0], is_proven or bool(sure), in_part, others)

    def stacks_of(self, name: str) -> int:
        """How often a class of stacks is used; 0 of one that is none."""
        is_stack = bool(self._related(name, self._bases) & STACKS)
        return (
            sum(len(self._uses.get(each, ())) for each in self._related(name, self._extended))
            if is_stack
            else 0
        )

    def _logical(self, path: tuple[str, ...], draft: SourceDraft) -> str:
        """The logical id of a path; empty where only a part of it is known and the draft's id does not prove it."""
        if not any(UNKNOWN in each for each in path):
            return logical_id(path)
        known = path[1:] if path[0] == UNKNOWN else path
        wanted = draft.logical_id or _in_name(draft.name)
        found = LOGICAL.fullmatch(wanted)
        if any(UNKNOWN in each for each in known) or found is None:
            return ""
        if tuple(self.paths.get(wanted, ()))[-len(known) :] == known:
            return wanted
        begun = found[1].removesuffix(human(known))
        return wanted if logical_id((begun, *known)) == wanted else ""

    def _paths(self, code: Code, call: CodeCall, depth: int = 0) -> list[tuple[str, ...]]:
        """The construct's paths in its stack, one for each time that its class is used."""
        given = call.named.get("id") or (call.positional[1] if len(call.positional) > 1 else None)
        own = str(code.value(given)) if given is not None else UNKNOWN
        found = []
        self._steps += 1
        if self._steps > MOST_STEPS:
            return [(UNKNOWN, own)]
        for above in self._above(code, call, depth):
            found.append((*above, own))
            if len(found) > MOST_PATHS:
                return [(UNKNOWN, own)]
        return found

    def _above(self, code: Code, call: CodeCall, depth: int) -> list[tuple[str, ...]]:
        scope = dotted(code.source, call.positional[0])
        if depth > DEEPEST:
            return [(UNKNOWN,)]
        if scope in {"self", "this"}:
            return self._of_class(call.around.class_name, depth)
        others = [
            each
            for each in code.by_target.get(scope, ())
            if each.positional and each is not call and sees(call, each.around, scope)
        ]
        return self._paths(code, others[0], depth + 1) if len(others) == 1 else [(UNKNOWN,)]

    def _of_class(self, name: str, depth: int) -> list[tuple[str, ...]]:
        """The paths of a class's objects; of a stack the empty one."""
        names, bases = self._related(name, self._extended), self._related(name, self._bases)
        if bases & STACKS:
            return [] if self._is_another(names, bases) else [()]
        found: list[tuple[str, ...]] = []
        for code, call in (use for each in sorted(names) for use in self._uses.get(each, ())):
            found += self._paths(code, call, depth + 1)
            if len(found) > MOST_PATHS:
                return [(UNKNOWN,)]
        return found or [(UNKNOWN,)]

    def _is_another(self, names: set[str], bases: set[str]) -> bool:
        """Whether a stack's class is used under other names alone, and another class under the draft's stack's."""
        told = self._named(names)
        if not (self.stack and told) or "aws_cdk.NestedStack" in bases:
            return False
        classes = {each for each in self._bases if "aws_cdk.Stack" in self._related(each, self._bases)}
        fits = [each for each in self._named(classes - names) if each in self.stack]
        return bool(fits) and not any(UNKNOWN in each or each in self.stack for each in told)

    def _named(self, names: set[str]) -> list[str]:
        """The names of stacks that uses of these classes tell."""
        uses = [use for each in names for use in self._uses.get(each, ())]
        return [str(code.value(call.named.get("stackName") or call.positional[-1])) for code, call in uses]

    def _related(self, name: str, to: Mapping[str, set[str]]) -> set[str]:
        """A class and all that it extends, or all that extend it."""
        found, waiting = {name}, [name]
        while waiting and self._steps < MOST_STEPS:
            self._steps += 1
            one = waiting.pop()
            fresh = to.get(one.rpartition(".")[2], set()) - found
            found |= fresh
            waiting += fresh
        return found


def _makes(code: Code, call: CodeCall, draft: SourceDraft) -> Iterator[tuple[MadeByConstruct, str]]:
    """(What of the draft's kind a call makes, the argument that names it)."""
    if not call.name or not call.positional:
        return
    kind = code.construct_class(call.name)
    if kind in L1 and draft.layer in l1_layers(L1[kind], draft.target):
        named = L1[kind].cloudformation[1]
        yield MadeByConstruct((), literal=draft.layer), named[:1].lower() + named[1:]
    elif draft.layer != "resource":
        for each in ROLES.get(kind, ()):
            if each is ROLE:
                yield TRUST if draft.layer == "trust" else ROLE, "roleName"
            elif not each.given or each.given not in call.named:
                yield each, ""
    elif kind in RESOURCES and RESOURCES[kind][0] == draft.target.split(":")[2]:
        yield POLICY, RESOURCES[kind][1]


def sees(call: CodeCall, its: Surroundings, target: str) -> bool:
    """Whether a name that is given a value in those surroundings is meant where `call` stands."""
    mine = call.around
    return mine.class_name == its.class_name and (
        its.function == mine.function or target.startswith(("self.", "this."))
    )


def _is_meant(logical: str, draft: SourceDraft) -> bool:
    return logical == draft.logical_id if draft.logical_id else is_generated(draft.name, draft.stack, logical)


def _may_end(path: tuple[str, ...], made: MadeByConstruct, draft: SourceDraft) -> bool:
    """Whether a path of which only the end is known may be the draft's."""
    wanted = LOGICAL.fullmatch(draft.logical_id or _in_name(draft.name))
    parts = [each for each in (*path, *made.path) if each != UNKNOWN]
    known = [each.rpartition(UNKNOWN)[2] for each in parts]
    return wanted is not None and bool(human(known[:1])) and wanted[1].endswith(human(known))


def _in_name(name: str) -> str:
    """The logical id in a name that CloudFormation made; empty where there is none."""
    parts = name.split("-")
    return parts[-2] if len(parts) > 2 else ""  # noqa: PLR2004  # stack, logical id, random letters

"""One more statement for a role in Terraform, where its policies stand and as they are written; all other bytes stay."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.sources.hcl import Evaluator, HclBlock, elements, escaped, traversals, within, word
from why403.sources.hcl_text import masked, new_policy, with_blocks, with_json, with_objects
from why403.sources.planned import ANYTHING, UNKNOWN, Planned, document_of, listed
from why403.sources.source_edit import Edit, SourceDraft, only_added, with_own_sid
from why403.sources.template import nodes_of
from why403.sources.terraform import RESOURCE_POLICIES
from why403.sources.terraform_source import MULTIPLIED, Module, TerraformSources
from why403.sources.yaml_text import member

EXCLUSIVE = "aws_iam_role_policies_exclusive"
"""A list of all inline policies that a role may have.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
"""
DOCUMENT = "aws_iam_policy_document"
ONE_PART = 3
"""Parts of `"${…}"`: its quotes, and the one reference between them."""
ATTRIBUTES = {"arn": "arn", "secret_arn": "arn", "repository": "name"}
"""What a policy's argument takes of its resource; of others its id."""
NO_NAME = re.compile(r"[^a-z0-9_]+")
"""What a resource's name does not hold, as people write it."""


@dataclass(frozen=True, slots=True)
class TerraformOwner:
    """A resource that makes a draft's target: aws_iam_role, or what has a policy of its own."""

    sources: TerraformSources
    module: Module
    path: Path
    block: HclBlock
    sure: bool

    @property
    def line(self) -> int:
        """Where it begins."""
        return self.block.line

    @property
    def address(self) -> str:
        """As Terraform names it in its module."""
        return ".".join(self.block.labels)

    def planned(self, path: Path, text: str, draft: SourceDraft) -> Planned:
        """The policies of the role's module and those used with it, were this the text of the edited file."""
        again = TerraformSources({**self.sources.texts, path: text}, draft, self.sources.not_read)
        return again.planned(again.modules[self.module.directory], self.block, path.name)

    def edited(self, draft: SourceDraft) -> Edit:
        """The file in which the role's statements stand, with the draft's. SettingsError where that is not safe."""
        self._refused(draft)
        places = sorted(self._places(draft), key=lambda one: not one.speaks_of(draft))
        statements = listed(draft.document["Statement"])
        if places:
            path, after = places[0].path, places[0].added(statements)
        else:
            path, after = self.path, self._with_new_policy(draft, statements)
        edit = Edit(
            path=path, before=self.sources.texts[path], after=after.decode(), notes=tuple(self._shared())
        )
        self._prove(edit, draft, statements)
        return edit

    def _refused(self, draft: SourceDraft) -> None:
        module, names = self.module, set(self.block.names())
        calls = self.sources.callers(module)
        if module.broken:
            raise SettingsError(module.broken)
        if MULTIPLIED & names:
            raise SettingsError("it has count or for_each: an edit would change each of the roles")
        if len(calls) > 1 or any(MULTIPLIED & set(call.names()) for _, _, call in calls):
            where = ", ".join(f"{path}:{call.line}" for _, path, call in calls)
            raise SettingsError(
                f"its module makes several roles: an edit would change each of them ({where})"
            )
        taken = f"{self._policy_kind(draft)}.{_resource_name(draft)}"
        named = {str(self._value(block, "name")) for _, block in self._of_role("aws_iam_role_policy")}
        if taken in module.resources or draft.policy_name in named:
            raise SettingsError(f"it has a policy {draft.policy_name} already, which may not be deployed yet")

    def _value(self, block: HclBlock, name: str) -> Any:  # noqa: ANN401
        return self.sources.value(self.module, block.source, block.attribute(name))

    def _policy_kind(self, draft: SourceDraft) -> str:
        """The kind of resource that holds one policy more for the target."""
        if draft.layer == "identity":
            return "aws_iam_role_policy"
        return next(
            (kind for kind, (_, _, of) in RESOURCE_POLICIES.items() if of == self.block.labels[0]), ""
        )

    def _of_role(self, kind: str, field: str = "role") -> Iterator[tuple[Path, HclBlock]]:
        """The resources of a kind that are this role's (or resource's) alone."""
        for address, (path, block) in self.module.resources.items():
            if address.startswith(f"{kind}.") and not MULTIPLIED & set(block.names()):
                told = _reference(block, field)
                if told[:2] == self.block.labels or (
                    not told and self._value(block, field) == self.sources.draft.name
                ):
                    yield path, block

    def _referred(self, *names: str) -> int:
        """How often the module refers to it."""
        found = Counter(
            one[: len(names)] for each in self.module.blocks for one in traversals(each.source, each.node)
        )
        return found[names]

    def _attached(self) -> Iterator[tuple[Path, HclBlock, bool]]:
        """The policies of the module that are attached to the role; True where another may have them too."""
        for _, attachment in self._of_role("aws_iam_role_policy_attachment"):
            names = _reference(attachment, "policy_arn")
            found = self.module.resources.get(".".join(names[:2]))
            if found and names[0] == "aws_iam_policy":
                yield *found, self._referred(*names[:2]) > 1 or bool(MULTIPLIED & set(found[1].names()))

    def _shared(self) -> Iterator[str]:
        for _, policy, is_shared in self._attached():
            if is_shared:
                yield f"{'.'.join(policy.labels)} is shared with others, and was left as it is."

    def _documents(self, draft: SourceDraft) -> Iterator[tuple[Path, HclBlock, str]]:
        """Where a policy of the target's is written: the resource or block, and its argument."""
        if draft.layer == "trust":
            yield self.path, self.block, "assume_role_policy"
        elif draft.layer == "resource":
            kind = self._policy_kind(draft)
            yield from (
                (path, each, "policy") for path, each in self._of_role(kind, RESOURCE_POLICIES[kind][0])
            )
            yield self.path, self.block, "policy"
        else:
            yield from ((path, each, "policy") for path, each in self._of_role("aws_iam_role_policy"))
            yield from ((path, each, "policy") for path, each, is_shared in self._attached() if not is_shared)
            yield from ((self.path, each, "policy") for each in self.block.blocks("inline_policy"))

    def _places(self, draft: SourceDraft) -> Iterator["_Place"]:
        for path, block, field in self._documents(draft):
            held, told = (self.block, "inline_policy") if block.kind == "inline_policy" else (block, field)
            if block.attribute(field) is None or _ignores(held, told):
                continue
            if (place := self._place(path, block, field)) is not None:
                yield place

    def _place(self, path: Path, block: HclBlock, field: str) -> "_Place | None":
        node = block.attribute(field)
        names = _reference(block, field)
        if names[:2] == ("data", DOCUMENT):
            found = self.module.resources.get(".".join(names[:3]))
            alone = self._referred(*names[:3]) == 1
            if not found or not alone or MULTIPLIED & set(found[1].names()) or found[1].body is None:
                return None
            return _Place(found[0], found[1], None, self.sources.document(self.module, names[2]))
        whole = self.sources.value(self.module, block.source, node)
        return _Place(path, block, node, document_of(whole)) if _is_list(block, node, whole) else None

    def _with_new_policy(self, draft: SourceDraft, statements: Sequence[Mapping[str, Any]]) -> bytes:
        target, kind = ".".join(self.block.labels), self._policy_kind(draft)
        if draft.layer == "identity":
            if self.block.blocks("inline_policy") or self.block.blocks("dynamic"):
                raise SettingsError(
                    "its inline_policy blocks keep out other policies, and hold no list that can be added to"
                )
            if any(_reference(each, "role_name")[:2] == self.block.labels for each in self._exclusive()):
                raise SettingsError(
                    f"{EXCLUSIVE} takes other policies away, and no policy here holds a list that can be added to"
                )
            arguments = {"name": escaped(draft.policy_name), "role": f"{target}.name"}
        else:
            if draft.layer == "trust" or not kind or any(True for _ in self._documents_written(draft)):
                raise SettingsError(
                    "its policy is no list of statements that one can be added to, others use it too, "
                    "or its lifecycle ignores changes of it"
                )
            field = RESOURCE_POLICIES[kind][0]
            arguments = {field: f"{target}.{ATTRIBUTES.get(field, 'id')}"}
        return new_policy(self.block.source, self.block, (kind, _resource_name(draft)), arguments, statements)

    def _exclusive(self) -> Iterator[HclBlock]:
        yield from (each for at, (_, each) in self.module.resources.items() if at.startswith(f"{EXCLUSIVE}."))

    def _documents_written(self, draft: SourceDraft) -> Iterator[HclBlock]:
        yield from (each for _, each, field in self._documents(draft) if each.attribute(field) is not None)

    def _prove(self, edit: Edit, draft: SourceDraft, statements: Sequence[Mapping[str, Any]]) -> None:
        """Read again, this role must have the draft's statements more, and nobody else anything else."""
        before, after = (self.planned(edit.path, text, draft) for text in (edit.before, edit.after))
        if not only_added(before, after, draft, statements):
            raise SettingsError("the edit would change more than the policy")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where statements may be added: `node` the policy's expression, None where `block` is the data source itself."""

    path: Path
    block: HclBlock
    node: Any
    document: Mapping[str, Any]

    def speaks_of(self, draft: SourceDraft) -> bool:
        """Whether a statement here is of the same service: the draft belongs beside it."""
        service = draft.request.action.partition(":")[0].lower()
        return f'"{service}:' in str(self.document).replace("'", '"').lower()

    def added(self, statements: Sequence[Mapping[str, Any]]) -> bytes:
        """The file with the statements added."""
        taken = {
            each.get("Sid") for each in listed(self.document.get("Statement")) if isinstance(each, Mapping)
        }
        fresh = [with_own_sid(each, taken) for each in statements]
        source = self.block.source
        if self.node is None:
            return with_blocks(source, self.block, fresh)
        heredoc = within(self.node, "heredoc_template")
        if heredoc is not None:
            return with_json(source, heredoc, fresh)
        return with_objects(source, _tuple_of(source, self.node), fresh)


def _is_list(block: HclBlock, node: Any, whole: Any) -> bool:  # noqa: ANN401
    """Whether a policy is written out, with a list of statements that one can be added to."""
    if node is None or not isinstance(whole, str):
        return False
    heredoc = within(node, "heredoc_template")
    if heredoc is None:
        return _tuple_of(block.source, node) is not None
    if document_of(whole) is ANYTHING:
        return False
    try:
        statement = member(nodes_of(masked(block.source, heredoc)[1]), "Statement")
        return (
            isinstance(statement, yaml.SequenceNode) and bool(statement.value) and bool(statement.flow_style)
        )
    except yaml.YAMLError:
        return False


def _tuple_of(source: bytes, node: Any) -> Any:  # noqa: ANN401
    """The list of statements in `jsonencode({ Statement = [ … ] })`; None where it is written otherwise."""
    call = within(node, "function_call")
    if call is None or word(source, call.named_children[0]) != "jsonencode":
        return None
    evaluator = Evaluator(source, lambda _, __: UNKNOWN)
    given = [one for kid in call.named_children if kid.type == "function_arguments" for one in elements(kid)]
    whole = within(given[0], "object") if len(given) == 1 else None
    found = (
        [value for key, value in evaluator.pairs(whole) if evaluator.key(key) == "Statement"] if whole else []
    )
    return within(found[0], "tuple") if len(found) == 1 else None


def _reference(block: HclBlock, name: str) -> tuple[str, ...]:
    """What an argument refers to, where it is one reference and nothing else."""
    node = block.attribute(name)
    found = list(traversals(block.source, node)) if node is not None else []
    quoted = within(node, "quoted_template")
    alone = node is not None and node.named_children[0].type == "variable_expr"
    alone = alone or (quoted is not None and quoted.named_child_count == ONE_PART)
    return found[0] if len(found) == 1 and alone else ()


def _ignores(block: HclBlock, name: str) -> bool:
    """Whether Terraform is told to leave an argument as it was made."""
    nodes = [each.attribute("ignore_changes") for each in block.blocks("lifecycle")]
    told = {one[0] for node in nodes if node is not None for one in traversals(block.source, node)}
    return bool(told & {"all", name})


def _resource_name(draft: SourceDraft) -> str:
    return NO_NAME.sub("_", draft.policy_name.lower()).strip("_") or "why403"

"""One more statement for a role in Terraform, where its policies stand and as they are written; all other bytes stay."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from why403.errors import SettingsError
from why403.sources.hcl import Evaluator, HclBlock, elements, traversals, within, word
from why403.sources.hcl_text import masked, new_policy, with_blocks, with_json, with_objects
from why403.sources.planned import ANYTHING, UNKNOWN, Planned, document_of
from why403.sources.source_edit import Edit, RoleDraft
from why403.sources.template import nodes_of
from why403.sources.template_edit import member
from why403.sources.terraform_source import MULTIPLIED, Module, TerraformSources

DOCUMENT = "aws_iam_policy_document"
ONE_PART = 3
"""Parts of `"${…}"`: its quotes, and the one reference between them."""
NO_NAME = re.compile(r"[^a-z0-9_]+")
"""What a resource's name does not hold, as people write it."""


@dataclass(frozen=True, slots=True)
class TerraformRole:
    """A resource aws_iam_role."""

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

    def planned(self, path: Path, text: str, draft: RoleDraft) -> Planned:
        """The policies of the role's module and those used with it, were this the text of the edited file."""
        again = TerraformSources({**self.sources.texts, path: text}, draft)
        return again.planned(again.modules[self.module.directory], self.block, path.name)

    def edited(self, draft: RoleDraft) -> Edit:
        """The file in which the role's statements stand, with the draft's. SettingsError where that is not safe."""
        self._refused(draft)
        places = sorted(self._places(), key=lambda one: not one.speaks_of(draft))
        statements = _listed(draft.document["Statement"])
        if places:
            path, after = places[0].path, places[0].added(statements)
        else:
            path, after = self.path, self._new_policy(draft, statements)
        edit = Edit(
            path=path, before=self.sources.texts[path], after=after.decode(), notes=tuple(self._shared())
        )
        self._prove(edit, draft, statements)
        return edit

    def _refused(self, draft: RoleDraft) -> None:
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
        taken = f"aws_iam_role_policy.{_resource_name(draft)}"
        named = {str(self._value(block, "name")) for _, block in self._of_role("aws_iam_role_policy")}
        if taken in module.resources or draft.policy_name in named:
            raise SettingsError(f"it has a policy {draft.policy_name} already, which may not be deployed yet")

    def _value(self, block: HclBlock, name: str) -> Any:  # noqa: ANN401
        return self.sources.value(self.module, block.source, block.attribute(name))

    def _of_role(self, kind: str) -> Iterator[tuple[Path, HclBlock]]:
        """The resources of a kind that are this role's alone."""
        for address, (path, block) in self.module.resources.items():
            if address.startswith(f"{kind}.") and not MULTIPLIED & set(block.names()):
                told = _reference(block, "role")
                if told[:2] == self.block.labels or (
                    not told and self._value(block, "role") == self.sources.draft.role
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

    def _places(self) -> Iterator["_Place"]:
        owners = [*self._of_role("aws_iam_role_policy")]
        owners += [(path, policy) for path, policy, is_shared in self._attached() if not is_shared]
        owners += [(self.path, each) for each in self.block.blocks("inline_policy")]
        for path, block in owners:
            place = self._place(path, block)
            if place is not None:
                yield place

    def _place(self, path: Path, block: HclBlock) -> "_Place | None":
        node = block.attribute("policy")
        names = _reference(block, "policy")
        if names[:2] == ("data", DOCUMENT):
            found = self.module.resources.get(".".join(names[:3]))
            alone = self._referred(*names[:3]) == 1
            if not found or not alone or MULTIPLIED & set(found[1].names()) or found[1].body is None:
                return None
            return _Place(found[0], found[1], None, self.sources.document(self.module, names[2]))
        whole = self.sources.value(self.module, block.source, node)
        return _Place(path, block, node, document_of(whole)) if _is_list(block, node, whole) else None

    def _new_policy(self, draft: RoleDraft, statements: Sequence[Mapping[str, Any]]) -> bytes:
        if self.block.blocks("inline_policy") or self.block.blocks("dynamic"):
            raise SettingsError(
                "its inline_policy blocks keep out other policies, and hold no list of statements that can be added to"
            )
        return new_policy(self.block.source, self.block, _resource_name(draft), draft.policy_name, statements)

    def _prove(self, edit: Edit, draft: RoleDraft, statements: Sequence[Mapping[str, Any]]) -> None:
        """Read again, this role must have the draft's statements more, and nobody else anything else."""
        before, after = (self.planned(edit.path, text, draft) for text in (edit.before, edit.after))
        key = f"role/{draft.role}"
        had, has = (_statements(each, key) for each in (before, after))
        wanted = had + Counter(_normal({**each, "Sid": ""}) for each in statements)
        others = ({k: v for k, v in each.principals.items() if k != key} for each in (before, after))
        if has != wanted or next(others) != next(others) or before.resources != after.resources:
            raise SettingsError("the edit would change more than the policy")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where statements may be added: `node` the policy's expression, None where `block` is the data source itself."""

    path: Path
    block: HclBlock
    node: Any
    document: Mapping[str, Any]

    def speaks_of(self, draft: RoleDraft) -> bool:
        """Whether a statement here is of the same service: the draft belongs beside it."""
        service = draft.request.action.partition(":")[0].lower()
        return f'"{service}:' in str(self.document).replace("'", '"').lower()

    def added(self, statements: Sequence[Mapping[str, Any]]) -> bytes:
        """The file with the statements added."""
        taken = {
            each.get("Sid") for each in _listed(self.document.get("Statement")) if isinstance(each, Mapping)
        }
        fresh = [_with_own_sid(each, taken) for each in statements]
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


def _resource_name(draft: RoleDraft) -> str:
    return NO_NAME.sub("_", draft.policy_name.lower()).strip("_") or "why403"


def _listed(value: Any) -> list[Any]:  # noqa: ANN401
    return value if isinstance(value, list) else [] if value is None else [value]


def _with_own_sid(statement: Mapping[str, Any], taken: set[Any]) -> Mapping[str, Any]:
    """A policy holds a Sid once."""
    told, number = statement.get("Sid"), 2
    if told not in taken or told is None:
        return statement
    while f"{told}{number}" in taken:
        number += 1
    return {**statement, "Sid": f"{told}{number}"}


def _statements(planned: Planned, key: str) -> Counter[str]:
    made = planned.principals.get(key)
    documents = [each.document for each in made.identity] if made else []
    return Counter(
        _normal(one)
        for each in documents
        if isinstance(each, Mapping)
        for one in _listed(each.get("Statement"))
    )


def _normal(statement: Any) -> str:  # noqa: ANN401
    """A statement without its Sid, each value a list."""
    if not isinstance(statement, Mapping):
        return json.dumps(statement)
    told = {key: _listed(value) for key, value in statement.items() if key not in {"Sid", "Condition"}}
    conditions = statement.get("Condition") or {}
    told["Condition"] = [
        (test, key, _listed(value))
        for test, keys in sorted(conditions.items() if isinstance(conditions, Mapping) else ())
        for key, value in sorted(keys.items() if isinstance(keys, Mapping) else ((str(keys), ""),))
    ]
    return json.dumps(told, sort_keys=True)

"""One statement more in a CDK app: beside those that its construct has, as they are written; all other bytes stay.

The app is never run. What grants and constructs add stands in no source, and is unknown unless a cdk.out tells it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from why403.errors import SettingsError
from why403.iam.layer import Policy
from why403.sources.cdk import ROLE, TRUST, CdkSources, FoundConstruct, sees
from why403.sources.cdk_places import StatementPlace, places_of
from why403.sources.cdk_text import (
    STATEMENT_CLASS,
    behind,
    in_list,
    new_call,
    new_policy,
    style_of,
)
from why403.sources.code import Code, CodeCall, CodeLanguage
from why403.sources.code_text import Insertion, inserted, is_list_of_lines, literal_style
from why403.sources.code_tree import read_code
from why403.sources.planned import UNKNOWN, Planned, PlannedPrincipal, PlannedResource, listed
from why403.sources.source_edit import Edit, SourceDraft, only_added, with_own_sid

ARGUMENTS: Mapping[str, str] = {
    "sid": "Sid",
    "actions": "Action",
    "notActions": "NotAction",
    "resources": "Resource",
    "notResources": "NotResource",
    "conditions": "Condition",
}
PRINCIPALS: Mapping[str, str] = {
    "ArnPrincipal": "AWS",
    "AccountPrincipal": "AWS",
    "ServicePrincipal": "Service",
}
LITERALS = {"dictionary", "object"}
ADDED = {"Effect": "Allow", "Action": UNKNOWN, "Resource": UNKNOWN}
"""What grants may add."""
SYNTHESIZE = (
    "Synthesize again, and run `why403 check --cdk-out` on it: cdk.out tells what stood before the edit."
)
GIVE = "What grants and constructs add is known only to `cdk synth`: give --cdk-out to have it weighed."


@dataclass(frozen=True, slots=True)
class CdkOwner:
    """A construct that makes the draft's target. `assembly`: the policies of a cdk.out, None where none is given."""

    sources: CdkSources
    found: FoundConstruct
    assembly: Planned | None

    @property
    def path(self) -> Path:
        """Its file."""
        return self.found.code.path

    @property
    def line(self) -> int:
        """Where it begins."""
        return int(self.found.call.node.start_point[0]) + 1

    @property
    def sure(self) -> bool:
        """Whether its logical id, or the name that it gives, is the one that was denied."""
        return self.found.sure

    @property
    def address(self) -> str:
        """Its logical id and the class."""
        return f"{self.found.logical_id} ({self.found.call.name})"

    def edited(self, draft: SourceDraft) -> Edit:
        """The file with the draft's statements more. SettingsError where that is not safe."""
        self._refused(draft)
        code, call = self.found.code, self.found.call
        places = list(places_of(code, call, self.found))
        taken = {
            each.get("Sid") for place in places for each in _read(code, place) if isinstance(each, Mapping)
        }
        fresh = [with_own_sid(each, taken) for each in listed(draft.document["Statement"])]
        after, added = inserted(code.source, self._insertions(places, fresh, draft))
        self._prove(after, added, draft)
        notes = [SYNTHESIZE if self.assembly else GIVE]
        if (stacks := self.sources.stacks_of(call.around.class_name)) > 1:
            notes.append(f"{call.around.class_name} is used for {stacks} stacks: each of them gets it.")
        return Edit(path=self.path, before=code.source.decode(), after=after.decode(), notes=tuple(notes))

    def _refused(self, draft: SourceDraft) -> None:
        call = self.found.call
        if draft.layer == "trust" and self.found.made is not TRUST and not self.found.made.literal:
            raise SettingsError("the trust policy of a role that a construct makes by itself is not in reach")
        if self.found.in_part:
            raise SettingsError(
                "only the end of its construct's path is known here: give --cdk-out to have it proven"
            )
        if call.around.repeated:
            raise SettingsError(
                "it stands in a loop, a function that is handed on, or a branch without braces"
            )
        target = call.around.target
        if target and sum(sees(call, each, target) for each in self.found.code.assigned[target]) > 1:
            raise SettingsError(f"{target} is given several values: give it a name of its own first")
        if self.found.made.literal and target and self._is_overridden(target):
            raise SettingsError(
                f"what stands behind it changes {target} by name, and may replace its policies"
            )
        if self.found.also:
            uses = len(self.found.also) + 1
            raise SettingsError(
                f"its class is used {uses} times: an edit would change each ({', '.join(self.found.also[:3])})"
            )
        if "${Token[" in json.dumps(dict(draft.document)):
            raise SettingsError("the draft holds what the CDK takes for a token")

    def _is_overridden(self, target: str) -> bool:
        """Whether an L1 construct's properties are set again: `role.policies = …`, `role.addPropertyOverride(…)`."""
        code, call = self.found.code, self.found.call
        again = [(name, each) for name, all_of in code.assigned.items() for each in all_of]
        again += [(each.name, each.around) for each in code.calls if "verride" in each.name]
        return any(name.startswith(f"{target}.") and sees(call, each, target) for name, each in again)

    def _insertions(
        self, places: Sequence[StatementPlace], fresh: Sequence[Mapping[str, Any]], draft: SourceDraft
    ) -> list[Insertion]:
        code, call = self.found.code, self.found.call
        fit = [each for each in places if _can_take(code, each, call)]
        for place in sorted(fit, key=lambda each: not _speaks_of(code, each, draft)):
            if place.holder is not None:
                last = place.statements[-1]
                style, more = literal_style(code, last) if last.type in LITERALS else style_of(code, call)
                return [*more, *in_list(code, place.holder, fresh, style)]
            argument, node = place.call.positional[0], place.call.node
            is_one_line = node.start_point[0] == node.end_point[0]
            hugged = None if is_one_line else bool(argument.start_point[0] == node.start_point[0])
            style, more = style_of(code, call, hugged=hugged)
            callee = code.text(node.child_by_field_name("function"))
            return [*more, *behind(code, place.call, callee, fresh, style)]
        if self.found.made.literal == "identity" and not places:
            return new_policy(code, call, draft.policy_name, fresh)
        if self.found.made.literal:
            raise SettingsError(
                "no policy of it is a list of statements, a line each, that one can be added to"
            )
        return new_call(code, call, self._method(), fresh)

    def _method(self) -> str:
        """The method that adds a statement to the construct, as far as the type of its name has it."""
        made, call = self.found.made, self.found.call
        # The name may be declared as IRole, which has neither addToPolicy nor assumeRolePolicy.
        is_declared = self.found.code.language is CodeLanguage.TYPESCRIPT and (
            call.around.target.startswith("this.") or call.node.parent.child_by_field_name("type") is not None
        )
        if made is TRUST and is_declared:
            raise SettingsError("its name may be declared as IRole, whose trust policy is not in reach")
        if made is TRUST and self.found.code.language is not CodeLanguage.PYTHON:
            return "assumeRolePolicy?.addStatements"
        return "addToPrincipalPolicy" if made is ROLE and is_declared else made.method

    def _prove(self, after: bytes, added: Sequence[tuple[int, int]], draft: SourceDraft) -> None:
        """Parsed again, the file must have the draft's statements more, and every word of before."""
        again = read_code(self.path, after.decode())
        before, then = (self._stated(code, draft) for code in (self.found.code, again))
        statements = listed(draft.document["Statement"])
        if not (again.keeps(self.found.code, added) and only_added(before, then, draft, statements)):
            raise SettingsError("the edit would change more than the policy")

    def planned(self, path: Path, text: str, draft: SourceDraft) -> Planned:
        """The policies of the construct in this text; of a cdk.out, with what the text has more than was read."""
        code = read_code(path, text)
        if self.assembly is None or draft.layer != "identity":
            return self._stated(code, draft)
        more = self._own(code)
        for each in self._own(self.found.code):
            more.remove(each)
        whole = Planned(file=self.assembly.file, account=self.assembly.account)
        whole.merge(self.assembly)
        key = f"role/{draft.name}"
        if more and key in whole.principals:
            known = whole.principals[key]
            identity = [*known.identity, Policy(self.path.name, {"Statement": more})]
            whole.principals[key] = PlannedPrincipal(known.address, identity, known.boundary)
        return whole

    def _own(self, code: Code) -> list[Any]:
        """The statements of the construct in a text of its file."""
        mine, name = self.found.code, self.found.call.name
        number = [each.node.id for each in mine.calls if each.name == name].index(self.found.call.node.id)
        again = [each for each in code.calls if each.name == name][number]
        return [one for place in places_of(code, again, self.found) for one in _read(code, place)]

    def _stated(self, code: Code, draft: SourceDraft) -> Planned:
        """What the text alone tells: the target's statements, all others of the file, and that grants may add some."""
        own = self._own(code)
        every = [
            _statement(code, each) for each in code.calls if code.full_name(each.name) == STATEMENT_CLASS
        ]
        for each in own:
            if each in every:
                every.remove(each)
        address = f"{self.path.name}: {self.found.call.name}"
        planned = Planned(file=self.path.name, account=draft.account)
        planned.principals["other statements"] = PlannedPrincipal(
            self.path.name, [Policy("", {"Statement": every})]
        )
        added = ADDED if draft.layer == "identity" else {**ADDED, "Principal": UNKNOWN}
        policy = Policy(address, {"Version": "2012-10-17", "Statement": [*own, added]})
        if draft.layer == "identity":
            planned.principals[f"role/{draft.name}"] = PlannedPrincipal(address, [policy])
        else:
            planned.resources.append(PlannedResource(address, draft.target, policy))
        return planned


def _can_take(code: Code, place: StatementPlace, call: CodeCall) -> bool:
    """Whether a statement more can stand there in its own lines, and is run whenever the construct is made."""
    blocks = [each.around.statement.parent for each in (place.call, call) if each.around.statement]
    if any(each != blocks[0] for each in blocks):
        return False
    if place.literal and place.statements and not _is_told(code, place.statements[-1]):
        return False  # beside what is spread it is not known how one is written
    if place.holder is not None:
        return place.holder.type in {"list", "array"} and is_list_of_lines(code, place.holder)
    return (
        place.call.around.is_alone
        and not place.call.around.repeated
        and code.call_at(place.statements[0]) is not None
    )


def _is_told(code: Code, node: Any) -> bool:  # noqa: ANN401
    return node.type in LITERALS or _statement(code, code.call_at(node)) is not UNKNOWN


def _speaks_of(code: Code, place: StatementPlace, draft: SourceDraft) -> bool:
    """Whether a statement there is of the same service: the draft belongs beside it."""
    service = draft.request.action.partition(":")[0].lower()
    return f'"{service}:' in json.dumps(_read(code, place)).lower()


def _read(code: Code, place: StatementPlace) -> list[Any]:
    return [
        code.value(each) if each.type in LITERALS else _statement(code, code.call_at(each))
        for each in place.statements
    ]


def _statement(code: Code, call: CodeCall | None) -> Any:  # noqa: ANN401
    """A PolicyStatement as IAM's own; UNKNOWN where that is not told."""
    if call is None or code.full_name(call.name) != STATEMENT_CLASS or call.is_open or call.positional:
        return UNKNOWN
    told = {key: code.value(call.named[name]) for name, key in ARGUMENTS.items() if name in call.named}
    effect = code.text(call.named["effect"]).rpartition(".")[2] if "effect" in call.named else "ALLOW"
    told["Effect"] = {"ALLOW": "Allow", "DENY": "Deny"}.get(effect, UNKNOWN)
    if "principals" in call.named:
        told["Principal"] = _principals(code, call.named["principals"])
    return told


def _principals(code: Code, node: Any) -> Any:  # noqa: ANN401
    found: dict[str, list[Any]] = {}
    for each in node.named_children:
        call = code.call_at(each)
        kind = PRINCIPALS.get(call.name.rpartition(".")[2]) if call else None
        if call is None or kind is None or not call.positional:
            return UNKNOWN
        found.setdefault(kind, []).append(code.value(call.positional[0]))
    return found

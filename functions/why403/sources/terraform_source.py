"""Terraform as people write it: modules of a checkout, the roles in them, and their policies as far as the text tells them.

https://developer.hashicorp.com/terraform/language/modules/syntax
"""

import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from why403.errors import SettingsError
from why403.sources.hcl import Evaluator, HclBlock, read_hcl, traversals, word
from why403.sources.planned import UNKNOWN, Planned
from why403.sources.source_edit import SourceDraft
from why403.sources.terraform import TerraformModule, TerraformResource, arn_of

MOST_VALUES = 1_000_000
"""Values that are read: locals that name each other twice can make billions of a few lines."""
MULTIPLIED = {"count", "for_each"}


@dataclass(slots=True)
class Module:
    """One directory's files. `broken`: why it is not edited, empty where nothing stands against it."""

    directory: str
    sources: dict[Path, bytes] = field(default_factory=dict)
    resources: dict[str, tuple[Path, HclBlock]] = field(default_factory=dict)
    local_values: dict[str, tuple[bytes, Any]] = field(default_factory=dict)
    calls: dict[str, tuple[Path, HclBlock]] = field(default_factory=dict)
    blocks: list[HclBlock] = field(default_factory=list)
    broken: str = ""


class TerraformSources:
    """The modules of a checkout, by their directory."""

    def __init__(
        self, texts: Mapping[Path, str], draft: SourceDraft, not_read: Mapping[Path, str] | None = None
    ) -> None:
        self.texts, self.draft, self.not_read = texts, draft, not_read or {}
        self.modules: dict[str, Module] = {}
        self._values: dict[tuple[str, str], tuple[Any, int]] = {}
        self._spent = 0
        for path, text in texts.items():
            self._read(path, text)
        for path, why in self.not_read.items():
            if (module := self.modules.get(path.parent.as_posix())) is not None:
                module.broken = f"{path.name}: {why}"

    def _read(self, path: Path, text: str) -> None:
        module = self.modules.setdefault(path.parent.as_posix(), Module(path.parent.as_posix()))
        if path.name.endswith(".tf.json") or path.stem == "override" or path.stem.endswith("_override"):
            module.broken = f"{path.name} may change it, and is not read"
            return
        source = text.encode()
        try:
            blocks = read_hcl(source)
        except SettingsError as error:
            module.broken = f"{path.name}: {error}"
            return
        module.sources[path] = source
        for block in blocks:
            module.blocks.append(block)
            match block.kind, block.labels:
                case "resource", (kind, name):
                    module.resources[f"{kind}.{name}"] = (path, block)
                case "data", (kind, name):
                    module.resources[f"data.{kind}.{name}"] = (path, block)
                case "module", (name,):
                    module.calls[name] = (path, block)
                case "locals", _:
                    found = {name: (source, block.attribute(name)) for name in block.names()}
                    module.local_values.update(found)
                case _:
                    pass

    def callers(self, module: Module) -> list[tuple[Module, Path, HclBlock]]:
        """The calls of a module by others of this checkout."""
        return [
            (other, path, block)
            for other in self.modules.values()
            for path, block in other.calls.values()
            if self.called(other, block) == module.directory
        ]

    def source_of(self, call: HclBlock) -> str:
        """Where a called module comes from, as it is written."""
        node = call.attribute("source")
        return "" if node is None else word(call.source, node).strip('"')

    def called(self, module: Module, call: HclBlock) -> str:
        """The directory of a called module; empty where it is none of a path's."""
        told = self.source_of(call)
        return posixpath.normpath(posixpath.join(module.directory, told)) if told.startswith(".") else ""

    def value(self, module: Module, source: bytes, node: Any, depth: int = 0) -> Any:  # noqa: ANN401
        """What an expression in a module yields."""

        def resolve(names: tuple[str, ...], deeper: int) -> Any:  # noqa: ANN401
            value, size = self._resolved(module, names, deeper)
            self._spent += size
            if self._spent > MOST_VALUES:
                raise SettingsError("its locals unfold without end")
            return value

        return Evaluator(source, resolve).value(node, depth)

    def _resolved(self, module: Module, names: tuple[str, ...], depth: int) -> tuple[Any, int]:
        key = (module.directory, ".".join(names))
        if key not in self._values:
            self._values[key] = (UNKNOWN, 1)  # what refers to itself
            value = self._looked_up(module, names, depth)
            self._values[key] = (value, _size(value))
        return self._values[key]

    def _looked_up(self, module: Module, names: tuple[str, ...], depth: int) -> Any:  # noqa: ANN401, PLR0911
        match names:
            case ("local", name, *rest) if name in module.local_values:
                return _dug(self.value(module, *module.local_values[name], depth), rest)
            case ("var", name, *rest):
                calls = self.callers(module)
                if len(calls) != 1 or MULTIPLIED & set(calls[0][2].names()):
                    return UNKNOWN
                caller, _, block = calls[0]
                given = block.attribute(name)
                return _dug(self.value(caller, block.source, given, depth), rest) if given else UNKNOWN
            case ("data", "aws_caller_identity", _, "account_id"):
                return self.draft.account or UNKNOWN
            case ("data", "aws_partition", _, "partition"):
                return self.draft.partition
            case ("data", "aws_iam_policy_document", name, ("json" | "minified_json")):
                return json.dumps(self.document(module, name, depth))
            case (kind, name, attribute) if f"{kind}.{name}" in module.resources:
                return self._attribute(module, kind, name, attribute, depth)
            case _:
                return UNKNOWN

    def _attribute(self, module: Module, kind: str, name: str, attribute: str, depth: int) -> str:
        _, block = module.resources[f"{kind}.{name}"]
        node = block.attribute("bucket" if kind == "aws_s3_bucket" else "name")
        node = block.attribute("function_name") or node
        told = self.value(module, block.source, node, depth) if node else UNKNOWN
        if attribute in {"name", "bucket", "function_name"} or (
            attribute == "id" and kind in {"aws_iam_role", "aws_s3_bucket"}
        ):
            return str(told)
        return arn_of(kind, str(told)) if attribute == "arn" else UNKNOWN

    def document(self, module: Module, name: str, depth: int = 0) -> Mapping[str, Any]:
        """What a data source aws_iam_policy_document makes.

        https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
        """
        found = module.resources.get(f"data.aws_iam_policy_document.{name}")
        if found is None:
            return {"Statement": [UNKNOWN]}
        block = found[1]
        merged = {"source_policy_documents", "override_policy_documents", "source_json", "override_json"}
        is_whole = not (merged | MULTIPLIED) & set(block.names()) and not block.blocks("dynamic")
        statements: list[Any] = [self._statement(module, each, depth) for each in block.blocks("statement")]
        return {"Version": "2012-10-17", "Statement": statements + ([] if is_whole else [UNKNOWN])}

    def _statement(self, module: Module, block: HclBlock, depth: int) -> Any:  # noqa: ANN401
        if block.blocks("dynamic"):
            return UNKNOWN

        def told(inside: HclBlock, name: str) -> Any:  # noqa: ANN401
            return _iam(self.value(module, inside.source, inside.attribute(name), depth))

        keys = {
            "sid": "Sid",
            "effect": "Effect",
            "actions": "Action",
            "not_actions": "NotAction",
            "resources": "Resource",
            "not_resources": "NotResource",
        }
        statement = {key: told(block, name) for name, key in keys.items() if name in block.names()}
        statement.setdefault("Effect", "Allow")
        for kind, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
            for each in block.blocks(kind):
                statement.setdefault(key, {})[str(told(each, "type"))] = told(each, "identifiers")
        for each in block.blocks("condition"):
            tests = statement.setdefault("Condition", {}).setdefault(str(told(each, "test")), {})
            tests[str(told(each, "variable"))] = told(each, "values")
        return statement

    def planned(self, of: Module, target: HclBlock, file: str) -> Planned:
        """The policies of a module and of those that it is used with, the draft's target under the name that was denied."""
        found: list[TerraformResource] = []
        expressions: dict[str, Mapping[str, Any]] = {}
        for module in self._together(of):
            for address, (_, block) in module.resources.items():
                if block.kind == "resource":
                    values = self._resource(module, block)
                    if module is of and block.labels == target.labels:
                        values |= {
                            "name": self.draft.name,
                            "bucket": self.draft.name,
                            "arn": self.draft.target,
                        }
                    known = "" if module is of else f"{module.directory}/"
                    found.append(TerraformResource(known + address, block.labels[0], values))
                    expressions[known + address] = {
                        name: {
                            "references": [
                                ".".join(one[:2]) for one in traversals(block.source, block.attribute(name))
                            ]
                        }
                        for name in block.names()
                    }
        return TerraformModule(file, found, expressions).planned()

    def _together(self, module: Module) -> list[Module]:
        """The module, those that call it, and those that they call."""
        together, waiting = [module], [module]
        while waiting:
            one = waiting.pop()
            near = [caller for caller, _, _ in self.callers(one)]
            near += [
                self.modules[to]
                for _, call in one.calls.values()
                if (to := self.called(one, call)) in self.modules
            ]
            fresh = [each for each in near if all(each is not other for other in together)]
            together += fresh
            waiting += fresh
        return together

    def _resource(self, module: Module, block: HclBlock) -> dict[str, Any]:
        values = {name: self.value(module, block.source, block.attribute(name)) for name in block.names()}
        inline = [
            {name: self.value(module, each.source, each.attribute(name)) for name in each.names()}
            for each in block.blocks("inline_policy")
        ]
        dynamic = [
            {"name": UNKNOWN, "policy": UNKNOWN}
            for each in block.blocks("dynamic")
            if "inline_policy" in each.labels
        ]
        if inline or dynamic:
            values["inline_policy"] = inline + dynamic
        if MULTIPLIED & set(values) and "policy" in values:
            values["policy"] = UNKNOWN
        return values


def _iam(value: Any) -> Any:  # noqa: ANN401
    """The data source writes IAM's own variables as `&{…}`."""
    if isinstance(value, list):
        return [_iam(each) for each in value]
    return value.replace("&{", "${") if isinstance(value, str) else value


def _dug(value: Any, names: list[str]) -> Any:  # noqa: ANN401
    for name in names:
        value = value.get(name, UNKNOWN) if isinstance(value, Mapping) else UNKNOWN
    return value


def _size(value: Any) -> int:  # noqa: ANN401
    """About how many values it holds; a long text counts as several."""
    if isinstance(value, Mapping):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1 + len(str(value)) // 64

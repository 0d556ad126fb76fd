"""Every declared service is whole: a draft form or a reason, a page, a why beside each call, cases both ways."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from why403.aws.failures import failure_of
from why403.iam.arn import Arn
from why403.reads import Failure
from why403.remedies.formats.attachment import PLACEHOLDER
from why403.services.declaration import Block, Draft, NoDraft, Resource, filled, pattern
from why403.services.names import parts_of
from why403.services.register import BY_STEM, SERVICES, has_policy, reads_of, resource_of

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases" / "services"
READ = {stem: service for stem, service in BY_STEM.items() if has_policy(service)}
OF_A_PROPOSAL = {
    "document",
    "policy",
    "version",
    "sid",
    "action",
    "named",
    "source_arn",
    "source_account",
    "region",
}
RESOURCES = [each for service in SERVICES for each in service.resources]


def _cases(stem: str) -> list[dict[str, Any]]:
    path = CASES / f"{stem}.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return found


def _sample_arn(resource: Resource) -> Arn:
    template = resource.templates[0].replace("[", "").replace("]", "")
    account = "" if resource.service == "s3" and "/" not in template else "123456789012"
    name = dict.fromkeys(pattern(template, "").groupindex, "example")
    return Arn("aws", resource.service, "eu-west-1" if account else "", account, filled(template, name))


def _templates(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case Draft() | Block():
            return [text for each in fields(value) for text in _templates(getattr(value, each.name))]
        case dict():
            return [text for each in value.values() for text in _templates(each)]
        case list() | tuple():
            return [text for each in value for text in _templates(each)]
        case _:
            return []


def test_every_declaration_has_a_page_and_every_read_says_why() -> None:
    unpaged = [
        stem for stem, each in BY_STEM.items() if not each.page.startswith("https://docs.aws.amazon.com/")
    ]
    silent = [read for each in RESOURCES for read in reads_of(each) if not read.reason.endswith(".")]

    assert (unpaged, silent) == ([], [])


def test_every_policy_that_is_read_has_a_draft_form_or_a_reason_why_none() -> None:
    silent = [
        each.kind
        for each in RESOURCES
        if (each.policy or each.read is not None) and each.draft is NoDraft.NO_POLICY
    ]

    assert silent == []


def test_every_draft_can_be_made_and_read_back_by_the_command_line() -> None:
    drafts = [(each.kind, each.draft) for each in RESOURCES if isinstance(each.draft, Draft)]

    assert [kind for kind, draft in drafts if not (draft.cli and draft.read_back)] == []


def test_every_template_speaks_only_of_what_is_known() -> None:
    unknown = [
        (resource.kind, name)
        for resource in RESOURCES
        for text in _templates(resource.draft)
        for name in PLACEHOLDER.findall(text)
        if name not in OF_A_PROPOSAL | set(parts_of(resource, _sample_arn(resource)) or {})
    ]

    assert unknown == []


def test_every_service_has_cases_a_must_not_before_its_must() -> None:
    policies = {stem: [case["expect"].get("policy") for case in _cases(stem)[:3]] for stem in READ}
    odd = {
        stem: found
        for stem, found in policies.items()
        if [bool(each) for each in found] != [False, True, False]
    }

    assert odd == {}


def test_every_policy_that_is_read_is_drafted_in_a_case() -> None:
    drafted = {stem: any("draft" in case for case in _cases(stem)) for stem in READ}

    assert [stem for stem, has in drafted.items() if not has] == []


def test_every_code_that_says_gone_is_an_absent_one_to_the_reader() -> None:
    codes = {
        (call.read.operation, code, failure_of(code, 0, call.read))
        for each in RESOURCES
        for call in each.calls
        for code in call.gone
    }

    assert [each for each in codes if each[2] is not Failure.ABSENT] == []


def test_every_role_has_a_wording() -> None:
    words = json.loads((ROOT / "functions/why403/notices/words/en.json").read_text("utf-8"))
    roles = {role.name for service in SERVICES for role in service.roles}

    assert [name for name in roles if f"remedies.wider.{name}" not in words] == []


def test_no_two_kinds_take_each_other_s_arns() -> None:
    def owner(each: Resource) -> str:
        found = resource_of(_sample_arn(each))
        return found.kind if found is not None else ""

    assert [each.kind for each in RESOURCES if owner(each) != each.kind] == []

"""From what was read of a resource to its draft: a caller of another account whom its policy does not let in.

The commands are held against botocore's models, the templates against CloudFormation's and the CDK's.
"""

import json
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
import yaml
from botocore.validate import ParamValidator
from cfnlint import ManualArgs, api  # type: ignore[import-untyped]  # it has no types
from why403.decisions.decision import Request
from why403.decisions.evaluate import decide
from why403.denials.denial import Denial, Verdict
from why403.iam.layer import Policy
from why403.iam.place import Place
from why403.policies.policy_set import PolicySet
from why403.policies.reading import CallerReading
from why403.policies.target import read_target
from why403.remedies.case import Case, Judged
from why403.remedies.draft import draft_remedies
from why403.remedies.remedy import Remedy
from why403.services.register import BY_STEM
from why403.workloads.workload import Workload, WorkloadKind

from tests.fakes.answers import FakeReader
from tests.unit.services.test_service_cases import AROUND

CASES = Path(__file__).parents[2] / "cases" / "services"
PLACE = Place("123456789012", "eu-west-1")
CALLERS = Place("111122223333", "eu-west-1")
"""Where the caller and we are: the resource is another account's."""
ROLE = "arn:aws:iam::111122223333:role/partner"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
WRONG = {"E3002", "E3006", "E3012"}
"""An unknown property, an unknown type, a value of another type."""
CLIENTS = {"s3api": "s3"}


DRAFTED: dict[str, dict[str, Any]] = {
    stem: case
    for stem in BY_STEM
    if (CASES / f"{stem}.json").is_file()
    for case in json.loads((CASES / f"{stem}.json").read_text("utf-8"))
    if "draft" in case
}
"""The cases that say what their draft is made with, by the name of the service's file."""


@cache
def remedy_of(stem: str) -> Remedy:
    """The first remedy of a service's case."""
    return _draft(DRAFTED[stem])


def _draft(case: dict[str, Any]) -> Remedy:
    return _remedies(case)[0]


def _remedies(case: dict[str, Any]) -> tuple[Remedy, ...]:
    target = FakeReader(AROUND | case["answers"]).run(read_target(case["arn"], case["action"], PLACE))
    request = Request(
        principal=ROLE, action=case["action"], resource=case["arn"], resource_account=PLACE.account
    )
    policies = PolicySet(identity=(Policy("all", ALL),), resource=target.policy)
    denied = Judged(request=request, policies=policies, decision=decide(request, policies), target=target)
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, action=case["action"], resource=case["arn"])
    return draft_remedies(
        Case(
            denial=denial,
            workload=Workload(kind=WorkloadKind.UNKNOWN),
            place=CALLERS,
            denied=denied,
            caller=CallerReading(arn=ROLE, exists=True),
        )
    )


@pytest.mark.parametrize("stem", DRAFTED)
def test_the_draft_is_proven_and_made_with_the_tools_that_its_case_names(stem: str) -> None:
    said, remedy = DRAFTED[stem]["draft"], remedy_of(stem)

    assert remedy.commands.aws_cli.startswith(said["aws_cli"]), remedy.commands.aws_cli
    assert said.get("read_back") in {None, remedy.verify[0]}
    assert remedy.proven
    assert bool(said["terraform"]) == bool(remedy.commands.terraform)
    assert f'resource "{said["terraform"]}"' in remedy.commands.terraform or not said["terraform"]
    assert bool(said["cloudformation"]) == bool(remedy.commands.cloudformation)
    assert (
        bool(remedy.commands.cdk_python)
        == bool(remedy.commands.cdk_typescript)
        == bool(said["cloudformation"])
    )
    assert ROLE in json.dumps(remedy.after)


@pytest.mark.parametrize("stem", DRAFTED)
def test_its_commands_are_calls_that_the_service_takes(stem: str) -> None:
    remedy = remedy_of(stem)
    wrong = [line for line in remedy.commands.aws_cli.splitlines() if _wrong(shlex.split(line))]

    assert wrong == []


def _wrong(words: list[str]) -> str:
    client = botocore.session.get_session().get_service_model(CLIENTS.get(words[1], words[1]))
    operation = words[2].replace("-", "")
    name = next(each for each in client.operation_names if each.lower() == operation)
    shape = client.operation_model(name).input_shape
    assert shape is not None
    members = {each.lower(): each for each in shape.members}
    options = [word for word in words[3:] if word != "--block-public-policy"]
    given = dict(zip(options[::2], options[1::2], strict=True))
    given.pop("--region", None)
    parameters = {members[option.strip("-").replace("-", "")]: value for option, value in given.items()}
    typed = {
        each: json.loads(value) if shape.members[each].type_name in {"map", "structure", "list"} else value
        for each, value in parameters.items()
    }
    return str(ParamValidator().validate(typed, shape).generate_report())


def test_the_templates_are_ones_that_cloudformation_knows() -> None:
    """All in one, as the linter takes its time; what an owned resource needs besides its policy is its owner's."""
    resources: dict[str, Any] = {}
    for stem, case in DRAFTED.items():
        made_of = case["draft"]["cloudformation"]
        if made_of:
            template = yaml.safe_load(remedy_of(stem).commands.cloudformation)["Resources"]
            assert {each["Type"] for each in template.values()} == {made_of}
            resources |= {f"{stem.replace('_', '')}{name}": each for name, each in template.items()}
    found = api.lint(
        yaml.safe_dump({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}),
        config=ManualArgs(regions=[PLACE.region]),
    )

    assert [str(each) for each in found if each.rule.id in WRONG] == []


def named(stem: str, name: str) -> dict[str, Any]:
    """A case of a service's file."""
    cases = json.loads((CASES / f"{stem}.json").read_text("utf-8"))
    found: dict[str, Any] = next(case for case in cases if case["name"] == name)
    return found


def test_what_is_shared_with_whole_accounts_is_told_so_and_not_as_without_a_policy() -> None:
    remedy = _draft(named("lambda_function", "a layer version's policy is read"))

    assert [step.id for step in remedy.steps] == ["remedies.resource.whole-accounts"]
    assert remedy.commands.aws_cli == ""


def test_an_action_of_the_registry_is_drafted_for_the_registry_s_policy() -> None:
    remedy = _draft(named("ecr", "replication is the registry's to allow"))

    assert remedy.commands.aws_cli.startswith("aws ecr put-registry-policy --policy-text ")
    assert remedy.target == "arn:aws:ecr:eu-west-1:123456789012:registry"


@pytest.mark.parametrize("stem", ["logs", "ses", "ssm"])
def test_a_policy_beside_others_holds_what_is_new_alone_and_writes_over_none(stem: str) -> None:
    remedy = remedy_of(stem)

    assert remedy.before is None
    assert remedy.after is not None
    assert [statement["Principal"] for statement in remedy.after["Statement"]] == [{"AWS": ROLE}]


def test_a_policy_beside_others_is_not_proven_where_one_of_them_denies() -> None:
    case = named("ses", "the policy of an identity is read")
    text = (
        json.dumps(case["answers"])
        .replace('\\"Allow\\"', '\\"Deny\\"')
        .replace('{\\"AWS\\": \\"arn:aws:iam::123456789012:role/web\\"}', '\\"*\\"')
    )

    remedies = _remedies({**case, "answers": json.loads(text)})

    assert [remedy.proven for remedy in remedies if remedy.commands.aws_cli] == []
    assert remedies[0].layer == "resource"

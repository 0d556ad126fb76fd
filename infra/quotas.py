"""What AWS allows of the synthesized template, asked before a deployment: SettingsError names the limit and the way past it."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from why403.errors import SettingsError

from infra.read_access import POLICIES_A_ROLE
from infra.read_statements import DOCUMENT_CHARACTERS

RESOURCES, TEMPLATE_BYTES = 500, 1_000_000
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html."""
SELECTION_BYTES = 25_000
"""https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html."""
PSEUDO = {"AWS::Region": "ap-southeast-4", "AWS::Partition": "aws-us-gov", "AWS::AccountId": "1" * 12}
LONG_NAME, LONG_ARN = "n" * 80, "a" * 124
"""What CloudFormation fills in, at its longest."""
WAYS: Mapping[str, str] = {
    "ReadAccess": "log_groups: write globs in place of names, such as /ecs/orders-*",
    "LogGroups": "log_groups: write globs in place of names, such as /ecs/orders-*",
    "Subscribe": "log_groups: write fewer and wider globs, such as /ecs/*, or watch by tags (log_group_tags)",
    "Notify": "routes: let several share a secret, or tell them by e-mail, chat or event_bus",
    "SlackApp": "routes: let several share a Slack secret and name their rooms by slack_channel",
    "Topics": "email_addresses: name a mailing list in place of its members",
}
"""How the logical ids of a part of the stack begin → the setting that makes it grow, and what to write instead."""
EXCLUDED = "exclude_log_groups: name fewer, or globs, which triage leaves out itself"


def check(template: Mapping[str, Any], written: int) -> None:
    """`written`: how many bytes the template has. All that is too large is told at once."""
    if wrong := [*_too_large(template, written)]:
        lines = "\n".join(f"  - {line}" for line in wrong)
        raise SettingsError(f"What the settings ask for is more than AWS takes:\n{lines}")


def _too_large(template: Mapping[str, Any], written: int) -> Iterator[str]:
    resources: Mapping[str, Any] = template["Resources"]
    if len(resources) > RESOURCES:
        grown = Counter(map(_part, resources)).most_common(1)[0][0]
        yield f"{len(resources)} resources, and a stack holds {RESOURCES}. {_way(grown)}"
    if written > TEMPLATE_BYTES:
        sizes: Counter[str] = Counter()
        for name, resource in resources.items():
            sizes[_part(name)] += len(json.dumps(resource))
        yield f"a template of {written} bytes, and CloudFormation takes {TEMPLATE_BYTES}. {_way(sizes.most_common(1)[0][0])}"
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Logs::AccountPolicy":
            size = len(json.dumps(filled(resource["Properties"]["SelectionCriteria"])))
            if size > SELECTION_BYTES:
                yield f"{name}: a selection of {size} bytes, and CloudWatch Logs takes {SELECTION_BYTES}. {EXCLUDED}"
    yield from _policies(resources)


def _policies(resources: Mapping[str, Any]) -> Iterator[str]:
    attached: defaultdict[str, set[str]] = defaultdict(set)
    for name, resource in resources.items():
        given = resource.get("Properties", {})
        if resource["Type"] == "AWS::IAM::ManagedPolicy":
            size = len(json.dumps(filled(given["PolicyDocument"]), separators=(",", ":")))
            if size > DOCUMENT_CHARACTERS:
                yield f"{name}: a policy of {size} characters, and IAM takes {DOCUMENT_CHARACTERS}. {_way(_part(name))}"
            for role in given.get("Roles", ()):
                attached[role["Ref"]].add(name)
        if resource["Type"] == "AWS::IAM::Role":
            attached[name] |= {json.dumps(one) for one in given.get("ManagedPolicyArns", ())}
    for role, policies in attached.items():
        if len(policies) > POLICIES_A_ROLE:
            yield f"{role}: {len(policies)} policies, and a role may have {POLICIES_A_ROLE}. {_way(_part(role))}"


def _part(name: str) -> str:
    return next((part for part in WAYS if name.startswith(part)), "")


def _way(part: str) -> str:
    return WAYS.get(part, "Write globs in log_groups, and fewer routes")


def filled(value: Any) -> Any:  # noqa: ANN401  # JSON
    """As CloudFormation fills it in, in the Region and partition with the longest names."""
    match value:
        case {"Ref": name}:
            return PSEUDO.get(name, LONG_NAME)
        case {"Fn::GetAtt": _}:
            return LONG_ARN
        case {"Fn::Join": [joint, parts]}:
            return joint.join(str(filled(part)) for part in parts)
        case dict():
            return {name: filled(one) for name, one in value.items()}
        case list():
            return [filled(one) for one in value]
        case _:
            return value

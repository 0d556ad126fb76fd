"""Denied, the draft's own command applied, allowed, and a neighbour still denied: in an account that enforces it."""

import json
from functools import partial
from typing import Any

import pytest
from why403.remedies.draft import draft_remedies

from demo.emulator import ACCOUNT, Emulator
from tests.aws.applied_draft import TRUST, apply, client, document, make_role, outcome, session_of
from tests.unit.remedies.incident_case import case_of

EDGE = f"arn:aws:iam::{ACCOUNT}:policy/edge"
SOMEBODY = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/somebody-else"}


def allowing(action: str) -> dict[str, Any]:
    return document({"Effect": "Allow", "Action": action, "Resource": "*"})


@pytest.mark.parametrize("layer", ["identity", "boundary"])
def test_the_draft_mends_the_call_and_nothing_beside_it(empty_account: Emulator, layer: str) -> None:
    iam, sqs = client(empty_account, "iam"), client(empty_account, "sqs")
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "refunds")]
    boundary = allowing("logs:*") if layer == "boundary" else allowing("*")
    mine = allowing("sqs:SendMessage") if layer == "boundary" else allowing("logs:*")
    iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(boundary))
    iam.create_role(RoleName="checkout", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=EDGE)
    iam.put_role_policy(RoleName="checkout", PolicyName="mine", PolicyDocument=json.dumps(mine))
    principal, keys = session_of(empty_account, "checkout")
    request = {
        "principal": principal,
        "action": "sqs:SendMessage",
        "resource": f"arn:aws:sqs:{empty_account.region}:{ACCOUNT}:orders",
    }
    policies = {
        "identity": [{"name": "mine", "document": mine}],
        "boundary": [{"name": "edge", "document": boundary, "arn": EDGE}],
    }
    own = client(empty_account, "sqs", keys)
    sending = [partial(own.send_message, QueueUrl=url, MessageBody="order") for url in urls]
    draft = draft_remedies(case_of({"request": request, "policies": policies}))[0]
    before = outcome(sending[0])
    apply(empty_account, draft.commands.aws_cli)

    assert (draft.layer, draft.proven, before) == (layer, True, "denied")
    assert [outcome(each) for each in sending] == ["allowed", "denied"]


def test_a_mended_queue_policy_lets_the_caller_send_and_not_read(empty_account: Emulator) -> None:
    sqs = client(empty_account, "sqs")
    arn = f"arn:aws:sqs:{empty_account.region}:{ACCOUNT}:orders"
    theirs = {
        "Sid": "Theirs",
        "Effect": "Allow",
        "Principal": SOMEBODY,
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    attributes = {"Policy": json.dumps(document(theirs))}
    url = sqs.create_queue(QueueName="orders", Attributes=attributes)["QueueUrl"]
    make_role(empty_account, "checkout")
    principal, keys = session_of(empty_account, "checkout")
    request = {"principal": principal, "action": "sqs:SendMessage", "resource": arn}
    policies = {"identity": [], "resource": {"name": "queue policy", "document": document(theirs)}}
    own = client(empty_account, "sqs", keys)
    calls = [
        partial(own.send_message, QueueUrl=url, MessageBody="order"),
        partial(own.receive_message, QueueUrl=url),
    ]
    drafts = draft_remedies(case_of({"request": request, "policies": policies}))
    edit = next(each for each in drafts if each.layer == "resource")
    before = outcome(calls[0])
    apply(empty_account, edit.commands.aws_cli)
    held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]

    assert (edit.set, edit.kind, edit.proven, before) == (2, "edit", True, "denied")
    assert [outcome(each) for each in calls] == ["allowed", "denied"]
    assert SOMEBODY["AWS"] in json.loads(held)["Statement"][0]["Principal"]["AWS"]


def test_a_mended_key_policy_lets_the_caller_encrypt_and_not_describe(empty_account: Emulator) -> None:
    """A key policy that delegates nothing: what the role's own policy allows does not help."""
    root = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    admin = {
        "Sid": "Admin",
        "Effect": "Allow",
        "Principal": root,
        "Action": ["kms:PutKeyPolicy", "kms:GetKeyPolicy"],
        "Resource": "*",
    }
    arn = client(empty_account, "kms").create_key(Policy=json.dumps(document(admin)))["KeyMetadata"]["Arn"]
    make_role(empty_account, "checkout")
    mine = allowing("kms:*")
    client(empty_account, "iam").put_role_policy(
        RoleName="checkout", PolicyName="mine", PolicyDocument=json.dumps(mine)
    )
    principal, keys = session_of(empty_account, "checkout")
    request = {"principal": principal, "action": "kms:Encrypt", "resource": arn}
    policies = {
        "identity": [{"name": "mine", "document": mine}],
        "resource": {"name": "key policy", "document": document(admin)},
    }
    own = client(empty_account, "kms", keys)
    calls = [partial(own.encrypt, KeyId=arn, Plaintext=b"order"), partial(own.describe_key, KeyId=arn)]
    draft = draft_remedies(case_of({"request": request, "policies": policies}))[0]
    before = outcome(calls[0])
    apply(empty_account, draft.commands.aws_cli)

    assert (draft.layer, draft.proven, before) == ("resource", True, "denied")
    assert [outcome(each) for each in calls] == ["allowed", "denied"]


def test_a_mended_trust_policy_lets_this_role_in_and_no_other(empty_account: Emulator) -> None:
    trust = document({"Sid": "Theirs", "Effect": "Allow", "Principal": SOMEBODY, "Action": "sts:AssumeRole"})
    make_role(empty_account, "somebody-else")
    exporter = make_role(empty_account, "exporter", trust)
    mine = allowing("sts:AssumeRole")
    calls, principals = [], []
    for name in ("checkout", "refunds"):
        make_role(empty_account, name)
        client(empty_account, "iam").put_role_policy(
            RoleName=name, PolicyName="mine", PolicyDocument=json.dumps(mine)
        )
        principal, keys = session_of(empty_account, name)
        own = client(empty_account, "sts", keys)
        calls.append(partial(own.assume_role, RoleArn=exporter, RoleSessionName="export"))
        principals.append(principal)
    request = {"principal": principals[0], "action": "sts:AssumeRole", "resource": exporter}
    policies = {
        "identity": [{"name": "mine", "document": mine}],
        "resource": {"name": "trust policy", "document": trust},
    }
    draft = draft_remedies(case_of({"request": request, "policies": policies}))[0]
    before = outcome(calls[0])
    apply(empty_account, draft.commands.aws_cli)

    assert (draft.layer, draft.proven, draft.risk, before) == ("trust", True, "high", "denied")
    assert [outcome(each) for each in calls] == ["allowed", "denied"]

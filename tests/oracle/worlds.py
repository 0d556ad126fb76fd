"""Random worlds: a caller, a call and policies of every layer, drawn so that they often nearly match."""

import random
from typing import Any

HOME, AWAY = "123456789012", "111122223333"
CALLERS = (
    f"arn:aws:iam::{HOME}:user/ann",
    f"arn:aws:iam::{HOME}:role/app",
    f"arn:aws:sts::{HOME}:assumed-role/app/s1",
    f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForECS/s",
    f"arn:aws:sts::{HOME}:federated-user/ann",
    f"arn:aws:iam::{HOME}:root",
    "events.amazonaws.com",
    "anonymous",
)
CALLS = (
    ("sqs:SendMessage", "arn:aws:sqs:us-east-1:{account}:orders"),
    ("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:{account}:orders-ann"),
    ("s3:GetObject", "arn:aws:s3:::shop/ann/file.txt"),
    ("s3:ListBucket", "arn:aws:s3:::shop"),
    ("sns:Publish", "arn:aws:sns:us-east-1:{account}:news"),
    ("kms:Decrypt", "arn:aws:kms:us-east-1:{account}:key/11111111-2222-3333-4444-555555555555"),
    ("sts:AssumeRole", "arn:aws:iam::{account}:role/ops/deploy"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:{account}:function:pay:prod"),
    ("sqs:ListQueues", "*"),
    ("sts:GetSessionToken", "*"),
    ("sts:GetFederationToken", "arn:aws:sts::{account}:federated-user/bob"),
)
PRINCIPALS = (
    "*",
    {"AWS": "*"},
    {"AWS": HOME},
    {"AWS": f"arn:aws:iam::{HOME}:root"},
    {"AWS": [f"arn:aws:iam::{HOME}:role/app", f"arn:aws:iam::{AWAY}:root"]},
    {"AWS": f"arn:aws:iam::{HOME}:role/path/app"},
    {"AWS": f"arn:aws:sts::{HOME}:assumed-role/app/s1"},
    {"AWS": f"arn:aws:iam::{HOME}:user/ann"},
    {"AWS": f"arn:aws:sts::{HOME}:federated-user/ann"},
    {"AWS": f"arn:aws:iam::{HOME}:role/*"},
    {"Service": ["events.amazonaws.com"]},
    {
        "AWS": [
            f"arn:aws:iam::{HOME}:root",
            f"arn:aws:iam::{HOME}:role/app",
            f"arn:aws:sts::{HOME}:assumed-role/app/s1",
        ]
    },
    {"AWS": [HOME, f"arn:aws:iam::{HOME}:user/ann"]},
)
KEYS: dict[str, tuple[str, ...]] = {
    "aws:SourceIp": ("203.0.113.9", "2001:db8::1", "10.0.0.1", "nonsense"),
    "aws:PrincipalOrgID": ("o-aaaa", "o-bbbb"),
    "aws:PrincipalTag/team": ("blue", "red", "a*c"),
    "aws:SecureTransport": ("true", "false", "True"),
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "1767225600", "2025-12-31", "soon"),
    "s3:max-keys": ("10", "9.5", "ten", "-1"),
    "aws:SourceArn": (f"arn:aws:events:us-east-1:{HOME}:rule/r1", "arn:aws:events:us-east-1", "a:b"),
    "aws:PrincipalArn": (),
    "aws:username": (),
    "aws:TagKeys": ("cost", "team", ""),
    "aws:PrincipalOrgPaths": ("o-aaaa/r-1/", "o-bbbb/r-1/"),
    "x:blob": ("QUJD", "QUI=", "!"),
}
BASES = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals",
    "DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress",
    "NotIpAddress", "ArnEquals", "ArnLike", "ArnNotLike", "ArnNotEquals",
)  # fmt: skip
WANTED = (
    "203.0.113.0/24", "0.0.0.0/0", "::/0", "10.0.0.1", "o-aaaa", "blue", "BLUE", "a${*}c", "a*c", "b?ue", "*", "",
    "${aws:PrincipalTag/team}", "${aws:username, 'nobody'}", "true", "false", "2026-01-01T00:00:00Z", "2026",
    "1767225600", "10", "9.5", f"arn:aws:events:*:{HOME}:rule/*", f"arn:aws:iam::{HOME}:role/app", "cost", "team",
    "arn:aws:iam::*:user/${aws:username}", "${aws:TagKeys}", "o-aaaa/*", "QUJD", "ann", True, 10,
)  # fmt: skip
ACTIONS = ("*", "*:*", "sqs:*", "sqs:Send*", "SQS:sendmessage", "s3:Get?bject", "s3:*", "kms:Decrypt", "sts:AssumeRole",
           "sns:Publish", "lambda:Invoke*", "sts:Get*", "sqs:SendMessage ", "sqs:ReceiveMessage", "sqs:ListQueues")  # fmt: skip
RESOURCES = (
    "*", "arn:aws:sqs:us-east-1:{account}:orders", "arn:aws:sqs:*:*:${aws:username}-queue",
    "arn:aws:sqs:us-east-1:{account}:orders-${aws:username}", "arn:aws:s3:::shop", "arn:aws:s3:::shop/*",
    "arn:aws:s3:::shop/${aws:username}/*", "arn:aws:sqs", "arn:aws:s*:::shop", "orders", "arn:*:s3:::sh?p*",
    "arn:aws:lambda:us-east-1:{account}:function:pay", "arn:aws:lambda:us-east-1:*:function:*", "arn:aws:kms:*:*:key/*",
    "arn:aws:iam::{account}:role/ops/*", "arn:aws:s3:::shop/${aws:PrincipalTag/team, 'ann'}/*.txt", "arn:aws:sns:us-east-1:*:news",
    "arn:aws:s3:::shop/${aws:PrincipalOrgPaths}/*", "arn:aws:sqs:us-east-1:${aws:PrincipalAccount}:orders",
)  # fmt: skip


def random_case(rng: random.Random) -> dict[str, Any]:
    """A case as `why403 evaluate` reads it, with a complete context."""
    account = rng.choice((HOME, HOME, AWAY))
    action, resource = rng.choice(CALLS)
    principal = rng.choice(CALLERS)
    request = {
        "principal": principal,
        "action": action,
        "resource": resource.format(account=account),
        "resource_account": account if resource != "*" else HOME,
        "context": random_context(rng),
        "context_complete": True,
    }
    return {"id": "random", "request": request, "policies": random_policies(rng, account)}


def random_context(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, values in KEYS.items():
        if values and rng.random() < 0.4:
            found[rng.choice((key, key.upper()))] = rng.choice(values)
    if "aws:TagKeys" in found and rng.random() < 0.7:
        found["aws:TagKeys"] = rng.sample(KEYS["aws:TagKeys"], rng.randint(0, 3))
    return found


def random_policies(rng: random.Random, account: str) -> dict[str, Any]:
    def listed(layer: str, most: int) -> list[dict[str, Any]]:
        return [random_policy(rng, layer, account) for _ in range(rng.randint(0, most))]

    found: dict[str, Any] = {"identity": listed("identity", 2)}
    for layer in ("boundary", "session", "vpc_endpoint"):
        if rng.random() < 0.25:
            found[layer] = [full_access(layer)] if rng.random() < 0.5 else listed(layer, 2)
    for layer in ("scp", "rcp"):
        if rng.random() < 0.3:
            found[layer] = [[full_access(layer), *listed(layer, 1)] if rng.random() < 0.8 else listed(layer, 1)
                            for _ in range(rng.randint(0, 3))]  # fmt: skip
    if rng.random() < 0.7:
        found["resource"] = random_policy(rng, "resource", account)
    return found


def full_access(layer: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if layer in {"vpc_endpoint", "rcp"}:
        statement["Principal"] = "*"
    return {"name": "full", "document": {"Version": "2012-10-17", "Statement": statement}}


def random_policy(rng: random.Random, layer: str, account: str) -> dict[str, Any]:
    document: dict[str, Any] = {
        "Statement": [random_statement(rng, layer, account) for _ in range(rng.randint(1, 3))]
    }
    if rng.random() < 0.85:
        document["Version"] = rng.choice(("2012-10-17", "2012-10-17", "2012-10-17", "2008-10-17"))
    return {"name": f"{layer}-{rng.randint(0, 9)}", "document": document}


def random_statement(rng: random.Random, layer: str, account: str) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": "Deny" if rng.random() < 0.2 else "Allow"}
    statement["NotAction" if rng.random() < 0.1 else "Action"] = some(rng, ACTIONS)
    resources = [text.replace("{account}", account) for text in some(rng, RESOURCES)]
    if layer != "resource" or rng.random() < 0.8:
        statement["NotResource" if rng.random() < 0.1 else "Resource"] = resources
    if layer in {"resource", "vpc_endpoint"}:
        statement["NotPrincipal" if rng.random() < 0.15 else "Principal"] = rng.choice(PRINCIPALS)
    if rng.random() < 0.4:
        statement["Condition"] = random_condition(rng)
    return broken(rng, statement) if rng.random() < 0.04 else statement


def broken(rng: random.Random, statement: dict[str, Any]) -> dict[str, Any]:
    """Without actions, or with a principal that nobody can read, as AWS would refuse it."""
    if "Principal" in statement and rng.random() < 0.5:
        statement["Principal"] = rng.choice((f"arn:aws:iam::{HOME}:role/app", HOME))
    else:
        statement.pop("Action", None)
        statement.pop("NotAction", None)
    return statement


def some(rng: random.Random, of: tuple[str, ...]) -> list[str]:
    return rng.sample(of, rng.randint(1, 3)) if rng.random() < 0.8 else ["*"]


def random_condition(rng: random.Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(rng.randint(1, 2)):
        key = rng.choice(tuple(KEYS))
        if rng.random() < 0.1:
            found["Null"] = {key: rng.choice(("true", "false", True))}
            continue
        over = rng.choice(("", "", "", "ForAllValues:", "ForAnyValue:"))
        operator = over + rng.choice(BASES) + rng.choice(("", "", "IfExists"))
        wanted = rng.sample(WANTED, rng.randint(1, 3))
        found.setdefault(operator, {})[key] = wanted if rng.random() < 0.7 else wanted[0]
    return found

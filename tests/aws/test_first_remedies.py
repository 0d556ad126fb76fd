"""What a person is told to do first, from the line to the draft, in accounts that are not as their lines say."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from why403.aws.reader import Reader
from why403.aws.session import forget
from why403.cli.printed import OutputFormat, notice_of, printed
from why403.denials.classify import classify
from why403.diagnose import diagnose, judge_again
from why403.diagnosis.diagnosis import Diagnosis
from why403.diagnosis.diagnosis_json import from_json, to_json
from why403.iam.place import Place
from why403.incidents.incident import Incident, Sample
from why403.incidents.life_cycle_events import PolicyVerdict
from why403.log_events.log_event import LogEvent
from why403.notices.verdict import headline
from why403.notices.words import Language, say
from why403.recheck import policy_verdict
from why403.remedies.remedy import RemedyKind

from tests.fakes.incidents import opened_incident

HOME, AWAY, REGION = "123456789012", "111122223333", "us-east-1"
PLACE = Place(HOME, REGION)
NOW = 1_790_000_000_000
ROLE = "checkout"
CALLER = f"arn:aws:sts::{HOME}:assumed-role/{ROLE}/task-1"
FAILED = "An error occurred (AccessDenied) when calling the {operation} operation: "
SENTENCE = "User: {caller} is not authorized to perform: {action} on resource: {resource}{reason}"
NOT_ALLOWED = " because no identity-based policy allows the {action} action"


@pytest.fixture
def aws() -> Iterator[boto3.Session]:
    """An account with the role `checkout`, which may do nothing."""
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_ACCESS_KEY_ID", "test")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "test")
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        forget()
        session = boto3.Session()
        iam: Any = session.client("iam")
        iam.create_role(
            RoleName=ROLE,
            AssumeRolePolicyDocument=document(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                    "Action": "sts:AssumeRole",
                }
            ),
        )
        yield session
    forget()


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def denied(
    action: str, resource: str, *, operation: str = "", reason: str = NOT_ALLOWED, caller: str = CALLER
) -> str:
    """AWS's sentence about one call, as botocore tells it."""
    head = FAILED.format(operation=operation or action.partition(":")[2])
    return (head + SENTENCE).format(
        caller=caller, action=action, resource=resource, reason=reason.format(action=action)
    )


def event_of(line: str) -> LogEvent:
    return LogEvent(line, "/ecs/checkout", "web/1", NOW)


def explained(line: str) -> Diagnosis:
    event = event_of(line)
    return Reader(PLACE).run(diagnose(classify(event)[0], event, PLACE, now=NOW))


def allow(aws: boto3.Session, *statements: dict[str, Any], name: str = "held") -> None:
    aws.client("iam").put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=document(*statements))


def first_resources(told: Diagnosis) -> list[Any]:
    document = told.remedies[0].policy_document or {"Statement": []}
    return [each["Resource"] for each in document["Statement"]]


AVATAR = "arn:aws:s3:::media/avatars/{}"


def incident_of(*keys: str) -> Incident:
    lines = [denied("s3:PutObject", AVATAR.format(key)) for key in keys]
    samples = tuple(
        Sample(message=line, log_group="/ecs/checkout", log_stream="web/1", timestamp=NOW, event_id=str(at))
        for at, line in enumerate(lines)
    )
    return opened_incident(denial=classify(event_of(lines[0]))[0], samples=samples)


@pytest.mark.parametrize(
    ("granted", "verdict"),
    [
        (AVATAR.format("9041.jpg"), PolicyVerdict.DENIED),
        (AVATAR.format("*"), PolicyVerdict.ALLOWED),
        (AVATAR.format("*.jpg"), PolicyVerdict.ALLOWED),
        (AVATAR.format("90*"), PolicyVerdict.DENIED),
    ],
)
def test_an_upload_is_mended_when_the_next_one_passes(
    aws: boto3.Session, granted: str, verdict: PolicyVerdict
) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    known = from_json(to_json(explained(denied("s3:PutObject", AVATAR.format("9041.jpg")))))
    allow(aws, {"Effect": "Allow", "Action": "s3:PutObject", "Resource": granted})
    again = Reader(PLACE).run(judge_again(incident_of("9041.jpg"), known, PLACE, now=NOW))

    assert verdict is policy_verdict(again)


def test_a_sibling_line_that_is_denied_still_keeps_the_incident_open(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    known = from_json(to_json(explained(denied("s3:PutObject", AVATAR.format("ann.jpg")))))
    allow(aws, {"Effect": "Allow", "Action": "s3:PutObject", "Resource": AVATAR.format("ann.jpg")})
    verdicts = [
        policy_verdict(Reader(PLACE).run(judge_again(incident_of(*keys), known, PLACE, now=NOW)))
        for keys in (("ann.jpg",), ("bob.jpg", "ann.jpg"))
    ]

    assert verdicts == [PolicyVerdict.ALLOWED, PolicyVerdict.DENIED]


def test_the_draft_reaches_as_far_as_the_incident(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    told = explained(denied("s3:PutObject", AVATAR.format("9041.jpg")))
    others = [
        each.policy_document["Statement"][0]["Resource"] for each in told.remedies[1:] if each.policy_document
    ]

    assert first_resources(told) == [AVATAR.format("*")]
    assert told.remedies[0].proven
    assert others[0] == AVATAR.format("9041.jpg")
    assert "arn:aws:s3:::media/*" in others


def test_stored_lines_tell_what_varies(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    incident = incident_of("ann.jpg", "bob.jpg")
    event, *siblings = [event_of(each.message) for each in incident.samples]
    told = Reader(PLACE).run(diagnose(incident.denial, event, PLACE, now=NOW, siblings=tuple(siblings)))

    assert first_resources(told) == [AVATAR.format("*")]


def test_a_line_of_another_role_tells_nothing_of_this_one(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    other = denied("s3:PutObject", AVATAR.format("bob.jpg"), caller=CALLER.replace(ROLE, "other"))
    event = event_of(denied("s3:PutObject", AVATAR.format("ann.jpg")))
    told = Reader(PLACE).run(diagnose(classify(event)[0], event, PLACE, now=NOW, siblings=(event_of(other),)))

    assert first_resources(told) == [AVATAR.format("ann.jpg")]


def queue(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{HOME}:{name}"


def said(told: Diagnosis, language: Language = Language.ENGLISH) -> str:
    first = told.remedies[0]
    return "\n".join(say(each, language) for each in (first.title, *first.steps, *told.findings))


def test_a_queue_that_is_not_there_gets_no_grant_but_the_name_that_was_meant(aws: boto3.Session) -> None:
    aws.client("sqs").create_queue(QueueName="orders")
    aws.client("sqs").create_queue(QueueName="payments")
    told = explained(denied("sqs:SendMessage", queue("ordres")))
    text = said(told)

    assert [(each.kind, each.proven, each.policy_document) for each in told.remedies] == [
        (RemedyKind.PLAYBOOK, False, None)
    ]
    assert f"There is no queue ordres in {REGION} of account {HOME}" in text
    assert f"Did you mean {queue('orders')}?" in text
    assert "payments" not in text


MISSING = (
    ("s3:GetObject", "arn:aws:s3:::medai/in/a.txt"),
    ("dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}:{HOME}:table/ordres"),
    ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{HOME}:function:ordres"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{HOME}:secret:ordres"),
    ("ssm:GetParameter", f"arn:aws:ssm:{REGION}:{HOME}:parameter/ordres/db"),
    ("sns:Publish", f"arn:aws:sns:{REGION}:{HOME}:ordres"),
    ("kinesis:PutRecord", f"arn:aws:kinesis:{REGION}:{HOME}:stream/ordres"),
    ("ecr:BatchGetImage", f"arn:aws:ecr:{REGION}:{HOME}:repository/ordres"),
    ("logs:CreateLogStream", f"arn:aws:logs:{REGION}:{HOME}:log-group:/ecs/ordres:log-stream:web"),
    ("events:PutEvents", f"arn:aws:events:{REGION}:{HOME}:event-bus/ordres"),
    ("kms:Decrypt", f"arn:aws:kms:{REGION}:{HOME}:key/0f0e0d0c-0b0a-4990-8887-868584838281"),
    ("sts:AssumeRole", f"arn:aws:iam::{HOME}:role/ordres"),
)


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("action", "resource"), MISSING)
def test_nothing_is_granted_on_what_is_not_there(action: str, resource: str) -> None:
    told = explained(denied(action, resource))

    assert told.remedies[0].title.id == "remedies.target-missing.title", said(told)
    assert [each for each in told.remedies if each.policy_document] == []


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    ("action", "resource"),
    [("sqs:CreateQueue", queue("ordres")), ("ssm:PutParameter", f"arn:aws:ssm:{REGION}:{HOME}:parameter/a")],
)
def test_what_the_call_is_to_make_need_not_be_there(action: str, resource: str) -> None:
    told = explained(denied(action, resource))

    assert told.remedies[0].proven


@pytest.mark.usefixtures("aws")
def test_what_is_in_another_account_may_be_there_for_all_we_know() -> None:
    told = explained(denied("sqs:SendMessage", queue("ordres").replace(HOME, AWAY)))

    assert "There is no" not in said(told)


def of_key(operation: str, action: str, key: str, reason: str = NOT_ALLOWED) -> str:
    return denied(action, key, operation=operation, reason=reason)


def granted(told: Diagnosis) -> list[tuple[str, Any]]:
    """(layer, actions) of the first set."""
    return [
        (each.layer.value, one["Action"])
        for each in told.remedies
        if each.set == 1
        for one in (each.policy_document or {"Statement": []})["Statement"]
    ]


@pytest.mark.parametrize(
    ("operation", "denied_first", "needed"),
    [
        ("SendMessage", "kms:GenerateDataKey", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("SendMessageBatch", "kms:GenerateDataKey", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("ReceiveMessage", "kms:Decrypt", "kms:Decrypt"),
        ("Publish", "kms:GenerateDataKey", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("PutObject", "kms:GenerateDataKey", "kms:GenerateDataKey"),
        ("UploadPart", "kms:GenerateDataKey", ["kms:GenerateDataKey", "kms:Decrypt"]),
        ("Decrypt", "kms:Decrypt", "kms:Decrypt"),
    ],
)
def test_what_the_same_call_needs_of_the_key_next_is_drafted_with_it(
    aws: boto3.Session, operation: str, denied_first: str, needed: Any
) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    told = explained(of_key(operation, denied_first, key))

    assert granted(told) == [("identity", needed)]
    assert told.remedies[0].proven
    assert told.next_denials == ()


def test_a_denial_of_the_key_names_the_call_and_the_queue(aws: boto3.Session) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.client("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    aws.client("sqs").create_queue(QueueName="payments")
    event = event_of(of_key("SendMessage", "kms:GenerateDataKey", key))
    notice = notice_of(explained(event.message), event, PLACE, "en")
    printed_forms = [printed(notice, form) for form in OutputFormat]

    assert [form for form in printed_forms if "sqs:SendMessage" not in form or "orders" not in form] == []


def test_a_key_that_nobody_is_seen_to_use_names_no_queue(aws: boto3.Session) -> None:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.client("sqs").create_queue(QueueName="payments")
    told = explained(of_key("SendMessage", "kms:GenerateDataKey", key))
    about = [each.values["target"] for each in told.findings if each.id == "diagnosis.key-of-call"]

    assert about == [""]


def test_a_key_in_another_account_is_mended_on_both_sides_for_all_that_the_call_needs(
    aws: boto3.Session,
) -> None:
    key = f"arn:aws:kms:{REGION}:{AWAY}:key/0f0e0d0c-0b0a-4990-8887-868584838281"
    aws.client("sqs").create_queue(QueueName="orders", Attributes={"KmsMasterKeyId": key})
    told = explained(of_key("SendMessage", "kms:GenerateDataKey", key))
    both = ["kms:GenerateDataKey", "kms:Decrypt"]

    assert granted(told) == [("identity", both), ("resource", both)]
    assert [each.target for each in told.remedies if each.set == 1] == [
        f"arn:aws:iam::{HOME}:role/{ROLE}",
        key,
    ]
    assert not any(each.proven for each in told.remedies)
    assert "queue orders" in headline(notice_of(told, event_of("x"), PLACE, "en"))


USER = f"arn:aws:iam::{HOME}:user/legacy"
KEYED = [{"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE"}, {"name": "AWS_SECRET_ACCESS_KEY", "value": "made-up-made-up-made-up"}]  # fmt: skip


def task_with(aws: boto3.Session, **container: Any) -> None:
    """A service's task definition with the role `checkout`, whose container `web` logs to the group of the line."""
    options = {"awslogs-group": "/ecs/checkout", "awslogs-stream-prefix": "web", "awslogs-region": REGION}
    made = {
        "name": "web",
        "image": "web",
        "memory": 64,
        "logConfiguration": {"logDriver": "awslogs", "options": options},
        **container,
    }
    aws.client("iam").create_user(UserName="legacy")
    aws.client("sqs").create_queue(QueueName="orders")
    aws.client("ecs").register_task_definition(
        family="checkout", taskRoleArn=f"arn:aws:iam::{HOME}:role/{ROLE}", containerDefinitions=[made]
    )


@pytest.mark.parametrize("where", ["environment", "secrets"])
def test_keys_in_the_container_go_before_anybody_is_granted_anything(aws: boto3.Session, where: str) -> None:
    secrets = [
        {"name": each["name"], "valueFrom": f"arn:aws:ssm:{REGION}:{HOME}:parameter/legacy"} for each in KEYED
    ]
    task_with(aws, **{where: KEYED if where == "environment" else secrets})
    told = explained(denied("sqs:SendMessage", queue("orders"), caller=USER))
    first, second, *others = told.remedies
    text = said(told)

    assert (first.kind, first.set, first.title.id) == (RemedyKind.PLAYBOOK, 1, "remedies.keys.title")
    assert all(
        name in text
        for name in ("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "container web", "checkout:1", where)
    )
    assert (second.target, second.set, second.proven) == (f"arn:aws:iam::{HOME}:role/{ROLE}", 1, True)
    assert [each.target for each in others if each.target == USER] == [USER]
    assert others[-1].target == USER


def test_a_role_that_may_do_it_needs_nothing_but_the_keys_gone(aws: boto3.Session) -> None:
    task_with(aws, environment=KEYED)
    allow(aws, {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"})
    told = explained(denied("sqs:SendMessage", queue("orders"), caller=USER))

    assert next((each.title.id, each.set) for each in told.remedies) == ("remedies.keys.title", 1)
    assert [each.target for each in told.remedies[1:]] == [USER]


def test_keys_of_nobody_known_still_go_first(aws: boto3.Session) -> None:
    task_with(aws, environment=KEYED)
    line = f"{FAILED.format(operation='SendMessage')}Access to the resource https://sqs.{REGION}.amazonaws.com/{HOME}/orders is denied."
    told = explained(line)

    assert told.remedies[0].title.id == "remedies.keys.title"
    assert [(each.target, each.proven) for each in told.remedies if each.set == 1][1:] == [
        (f"arn:aws:iam::{HOME}:role/{ROLE}", True)
    ]


def test_keys_do_not_hide_that_the_role_itself_was_denied(aws: boto3.Session) -> None:
    task_with(aws, environment=KEYED)
    told = explained(denied("sqs:SendMessage", queue("orders")))

    assert "remedies.keys.title" not in [each.title.id for each in told.remedies]


BARE = f"{FAILED.format(operation='SendMessage')}Access to the resource https://sqs.eu-west-1.amazonaws.com/ is denied."


@pytest.mark.parametrize(
    "environment",
    [
        [
            {"name": "SQS_QUEUE_URL", "value": f"https://sqs.{REGION}.amazonaws.com/{HOME}/orders"},
            {"name": "AWS_REGION", "value": "eu-west-1"},
        ],
        [],
    ],
    ids=["in a variable", "listed alone"],
)
def test_a_client_that_asks_in_another_region_is_told_so_before_the_draft(
    aws: boto3.Session, environment: list[Any]
) -> None:
    task_with(aws, environment=environment)
    aws.client("sqs").set_queue_attributes(
        QueueUrl=f"https://sqs.{REGION}.amazonaws.com/{HOME}/orders",
        Attributes={
            "Policy": document(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{HOME}:role/{ROLE}"},
                    "Action": "sqs:ReceiveMessage",
                    "Resource": "*",
                }
            )
        },
    )
    told = explained(BARE)

    assert "targets.other-region" in [each.id for each in told.findings]
    assert [(each.title.id, each.set) for each in told.remedies][:2] == [
        ("remedies.elsewhere.region", 1),
        ("remedies.identity.grant", 1),
    ]
    assert ("AWS_REGION says eu-west-1" in said(told)) == bool(environment)


def test_a_region_that_fits_is_not_spoken_of(aws: boto3.Session) -> None:
    task_with(
        aws,
        environment=[{"name": "SQS_QUEUE_URL", "value": f"https://sqs.{REGION}.amazonaws.com/{HOME}/orders"}],
    )
    told = explained(BARE.replace("eu-west-1", REGION))

    assert [each.title.id for each in told.remedies if each.set == 1] == ["remedies.identity.grant"]
    assert not any(each.id.startswith("targets.other") for each in told.findings)


@pytest.mark.usefixtures("aws")
def test_no_grant_crosses_a_partition() -> None:
    told = explained(denied("sqs:SendMessage", f"arn:aws-cn:sqs:cn-north-1:{AWAY}:orders"))

    assert [each.title.id for each in told.remedies] == ["remedies.elsewhere.partition"]


@pytest.mark.parametrize(
    ("language", "part"),
    [("en", "denied a call of Amazon S3"), ("ja", "Amazon S3 の呼び出し"), ("ko", "Amazon S3 호출")],
)
@pytest.mark.usefixtures("aws")
def test_a_headline_without_an_operation_is_a_sentence(language: str, part: str) -> None:
    event = event_of(
        "AccessDenied: Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 1A2B3C)"
    )

    assert part in headline(notice_of(explained(event.message), event, PLACE, language))


@pytest.mark.parametrize(
    ("ownership", "first"),
    [
        ("ObjectWriter", "remedies.allowed-now.owner"),
        ("BucketOwnerEnforced", "remedies.allowed-now.wait"),
    ],
)
def test_an_object_that_another_account_may_own_was_not_mended_by_anybody(
    aws: boto3.Session, ownership: str, first: str
) -> None:
    s3: Any = aws.client("s3")
    s3.create_bucket(Bucket="media", ObjectOwnership=ownership)
    allow(aws, {"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    told = explained(denied("s3:GetObject", "arn:aws:s3:::media/in/logo.png", reason=""))

    others = ["remedies.allowed-now.credentials", "remedies.allowed-now.session-policy"]

    assert [each.id for each in told.remedies[0].steps] == [first, *others]


def test_what_an_rcp_denies_is_no_missing_object(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="media")
    allow(aws, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    told = explained(
        denied(
            "s3:GetObject",
            "arn:aws:s3:::media/in/logo.png",
            reason=" with an explicit deny in a resource control policy",
        )
    )

    assert [each.id for each in told.findings if "object" in each.id] == []


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("Insufficient Lake Formation permission(s): Required Describe on sales.orders", "DESCRIBE"),
        (
            "Insufficient Lake Formation permission(s) on sales.orders (Service: Glue, Status Code: 400, Request ID: 0A1B)",
            "SELECT",
        ),
    ],
)
def test_lake_formation_grants_its_tables_itself(aws: boto3.Session, words: str, command: str) -> None:
    task_with(aws)
    told = explained(f"{FAILED.format(operation='GetTable')}{words}")
    text = said(told)

    assert [each.policy_document for each in told.remedies] == [None]
    assert (
        f"grant-permissions --principal DataLakePrincipalIdentifier=arn:aws:iam::{HOME}:role/{ROLE} --permissions {command}"
        in text
    )
    assert '{"Table": {"DatabaseName": "sales", "Name": "orders"}}' in text


def test_lake_formation_grants_a_location_as_such(aws: boto3.Session) -> None:
    task_with(aws)
    text = said(
        explained(
            "Insufficient Lake Formation permission(s) on s3://lake/orders/ (Service: AWSLakeFormation; Status Code: 400; Error Code: AccessDeniedException)"
        )
    )

    assert "DATA_LOCATION_ACCESS on the registered location of s3://lake/orders/" in text
    assert "--resource" not in text


@pytest.mark.usefixtures("aws")
def test_a_key_of_another_account_that_aws_may_manage_is_told_as_such() -> None:
    key = f"arn:aws:kms:{REGION}:{AWAY}:key/0f0e0d0c-0b0a-4990-8887-868584838281"
    told = explained(of_key("SendMessage", "kms:GenerateDataKey", key))

    assert "remedies.key.if-managed-by-aws" in [why.id for each in told.remedies for why in each.why]


def test_a_delivery_stream_is_the_workload_that_acts_with_its_role(aws: boto3.Session) -> None:
    aws.client("s3").create_bucket(Bucket="lake")
    to = {"RoleARN": f"arn:aws:iam::{HOME}:role/{ROLE}", "BucketARN": "arn:aws:s3:::lake"}
    aws.client("firehose").create_delivery_stream(
        DeliveryStreamName="orders", ExtendedS3DestinationConfiguration=to
    )
    line = denied("s3:PutObject", "arn:aws:s3:::lake/2025/11/30/orders-1.gz")
    event = LogEvent(line, "/aws/kinesisfirehose/orders", "DestinationDelivery", NOW)
    told = Reader(PLACE).run(diagnose(classify(event)[0], event, PLACE, now=NOW))

    assert told.workload.arn == f"arn:aws:firehose:{REGION}:{HOME}:deliverystream/orders"
    assert [each.id for each in told.workload.findings] == []
    assert (told.remedies[0].target, told.remedies[0].proven) == (f"arn:aws:iam::{HOME}:role/{ROLE}", True)
    assert first_resources(told) == ["arn:aws:s3:::lake/*/*/*/orders-*.gz"]

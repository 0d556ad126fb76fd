"""What moto does not emulate, answered by botocore's Stubber, which holds both sides against AWS's own models."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber
from why403.aws.reader import Reader
from why403.aws.session import forget, reading_clients
from why403.denials.denial import Denial, DenyKind, Verdict
from why403.iam.layer import Effect, Layer
from why403.iam.place import Place
from why403.log_events.log_event import LogEvent
from why403.policies.authorization_record import open_message, read_record
from why403.policies.reading import Simulation
from why403.policies.simulation import simulate, simulated
from why403.reads import Answer, Plan, Read, Reply
from why403.targets.find import gather_targets
from why403.targets.ranking import rank_targets
from why403.workloads.workload import Workload, WorkloadKind

PLACE = Place("123456789012", "eu-west-1")
ROLE = "arn:aws:iam::123456789012:role/web"
QUEUE = "arn:aws:sqs:eu-west-1:123456789012:orders"
MOMENT = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", PLACE.region)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    forget()
    yield
    forget()


def stubbed(service: str) -> Stubber:
    return Stubber(reading_clients().get(service, PLACE.region))


def one(read: Read) -> Plan[Reply]:
    (reply,) = yield (read,)
    return reply


def test_the_simulator_tells_organization_and_boundary_apart() -> None:
    stub = stubbed("iam")
    result = {
        "EvalActionName": "sqs:SendMessage",
        "EvalResourceName": QUEUE,
        "EvalDecision": "implicitDeny",
        "MissingContextValues": ["aws:SourceVpce"],
        "OrganizationsDecisionDetail": {"AllowedByOrganizations": False},
        "PermissionsBoundaryDecisionDetail": {"AllowedByPermissionsBoundary": True},
    }
    stub.add_response("simulate_principal_policy", {"EvaluationResults": [result]})

    with stub:
        reply = Reader(PLACE).run(one(simulate(ROLE, "sqs:SendMessage", QUEUE, PLACE)))

    assert isinstance(reply, Answer)
    assert simulated(reply, "sqs:SendMessage") == Simulation(
        effect=Effect.IMPLICIT_DENY,
        organizations_allow=False,
    )


@pytest.mark.parametrize(("explicit", "kind"), [(False, DenyKind.UNKNOWN), (True, DenyKind.EXPLICIT_UNKNOWN)])
def test_an_encoded_message_is_opened_to_who_and_what(explicit: bool, kind: DenyKind) -> None:  # noqa: FBT001  # a table
    instance = "arn:aws:ec2:eu-west-1:123456789012:instance/*"
    said = {
        "allowed": False,
        "explicitDeny": explicit,
        "context": {
            "principal": {"arn": "arn:aws:sts::123456789012:assumed-role/web/1"},
            "action": "ec2:RunInstances",
            "resource": instance,
        },
    }
    stub = stubbed("sts")
    stub.add_response("decode_authorization_message", {"DecodedMessage": json.dumps(said)})
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, encoded_message="made-up-and-encoded", deny_kind=DenyKind.UNKNOWN
    )

    with stub:
        opened = Reader(PLACE).run(open_message(denial, PLACE))

    assert (opened.action, opened.resource) == ("ec2:RunInstances", instance)
    assert (opened.principal, opened.deny_kind) == ("arn:aws:sts::123456789012:assumed-role/web/1", kind)


def test_an_encoded_message_that_may_not_be_opened_leaves_the_denial_as_it_was() -> None:
    stub = stubbed("sts")
    stub.add_client_error("decode_authorization_message", "AccessDenied", http_status_code=403)
    denial = Denial(verdict=Verdict.MISSING_PERMISSION, encoded_message="made-up-and-encoded")

    with stub:
        opened = Reader(PLACE).run(open_message(denial, PLACE))

    assert opened == denial


def test_aws_s_own_record_tells_each_layer_s_effect() -> None:
    evaluation = {
        "action": "sqs:SendMessage",
        "resource": QUEUE,
        "evaluatedEffect": "IMPLICIT_DENY",
        "checks": [
            {"checkType": "PRINCIPAL", "evaluatedEffect": "ALLOW"},
            {"checkType": "PERMISSIONS_BOUNDARY", "evaluatedEffect": "IMPLICIT_DENY"},
        ],
    }
    answer = {
        "requestContext": {"aws:SourceVpce": "vpce-0a1b2c3d", "aws:SecureTransport": True},
        "evaluations": [evaluation],
        "policies": [],
    }
    stub = stubbed("iam-toolbox")
    stub.add_response("get_request_authorization_details", answer)

    with stub:
        record = Reader(PLACE).run(read_record("made-up-id", PLACE))

    assert record is not None
    assert record.context == {"aws:SourceVpce": "vpce-0a1b2c3d", "aws:SecureTransport": "true"}
    assert record.effects == {Layer.IDENTITY: Effect.ALLOW, Layer.BOUNDARY: Effect.IMPLICIT_DENY}


@pytest.mark.parametrize(("caller", "wanted"), [("other", []), ("web", [QUEUE])])
def test_cloudtrail_s_record_of_this_caller_s_denied_call_makes_a_candidate(
    caller: str, wanted: list[str]
) -> None:
    recorded = {
        "eventTime": "2026-11-25T09:00:01Z",
        "errorCode": "AccessDenied",
        "userIdentity": {"arn": f"arn:aws:sts::123456789012:assumed-role/{caller}/1"},
        "requestParameters": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"},
    }
    trail, queues = stubbed("cloudtrail"), stubbed("sqs")
    trail.add_response("lookup_events", {"Events": [{"CloudTrailEvent": json.dumps(recorded)}]})
    queues.add_response("list_queues", {"QueueUrls": []})
    denial = Denial(
        verdict=Verdict.MISSING_PERMISSION, operation="SetQueueAttributes", action="sqs:SetQueueAttributes"
    )
    event = LogEvent("AccessDenied", "", "", int(MOMENT.timestamp() * 1000))
    workload = Workload(kind=WorkloadKind.LAMBDA, role_arn=ROLE, caller_arn=ROLE)

    with trail, queues:
        gathered = Reader(PLACE).run(gather_targets(denial, event, PLACE))

    assert [found.arn for found in rank_targets(gathered, denial, workload, PLACE)] == wanted

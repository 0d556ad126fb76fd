"""Every read that the library declares × every way in which AWS fails: each becomes what it is, and none escapes."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from why403.aws.granted_reads import granted_reads
from why403.aws.permission_check import probe_of
from why403.aws.reader import Reader
from why403.aws.session import READING, Clients, forget
from why403.iam.place import Place
from why403.reads import Failure, Plan, Read, Reply, Unreadable

from tests.fakes.faulty_aws import Fault, FaultyAws, faulty_aws

PLACE = Place("123456789012", "eu-west-1")
SHORT = Config(connect_timeout=5, read_timeout=0.2)
EXPECTED = {
    Fault.DENIED: {Failure.REFUSED},
    Fault.THROTTLED: {Failure.THROTTLED},
    Fault.TIMEOUT: {Failure.SLOW},
    Fault.BROKEN: {Failure.UNAVAILABLE, Failure.MALFORMED},
    Fault.MALFORMED: {Failure.MALFORMED, Failure.UNAVAILABLE},  # botocore calls S3's broken XML a 500
}
RAW = {"s3:GetBucketPolicy"}
"""The body is the policy itself: the stage that reads it finds that it is none."""


@pytest.fixture(scope="module")
def faulty() -> Iterator[FaultyAws]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", PLACE.region)
        with faulty_aws(_protocols()) as server:
            patch.setenv("AWS_ENDPOINT_URL", server.url)
            forget()
            yield server
        forget()


def _protocols() -> dict[str, str]:
    session = boto3.Session(aws_access_key_id="a", aws_secret_access_key="b", region_name=PLACE.region)
    models = [
        session.client(service).meta.service_model  # type: ignore[call-overload]  # a name, not a literal
        for service in {read.service for read in granted_reads()}
    ]
    return {model.signing_name: model.resolved_protocol for model in models}


@pytest.fixture(scope="module")
def clients(faulty: FaultyAws) -> dict[bool, Clients]:
    """Patient ones, and for `True` ones that soon give up. No `api.` goes before an address, as MWAA has it before its host."""
    assert faulty.url
    here = READING.merge(Config(inject_host_prefix=False))
    return {False: Clients(boto3.Session(), here), True: Clients(boto3.Session(), here.merge(SHORT))}


def _all(reads: tuple[Read, ...]) -> Plan[tuple[Reply, ...]]:
    return (yield reads)


@pytest.mark.parametrize("fault", list(Fault))
def test_each_read_that_fails_is_told_as_what_it_is(
    faulty: FaultyAws, clients: dict[bool, Clients], fault: Fault
) -> None:
    faulty.fault = fault
    reads = tuple(probe for read in granted_reads() if (probe := probe_of(read, PLACE)) is not None)
    reader = Reader(PLACE, clients=clients[fault is Fault.TIMEOUT], sleep=lambda _: None)

    replies = reader.run(_all(reads))

    wrong = {
        reply.read.call: reply
        for reply in replies
        if not isinstance(reply, Unreadable) or reply.failure not in EXPECTED[fault]
    }
    assert set(wrong) <= (RAW if fault is Fault.MALFORMED else set())
    assert len(reads) == len(replies) == len(granted_reads())


def test_a_refused_read_names_the_permission_that_would_cure_it(
    faulty: FaultyAws, clients: dict[bool, Clients]
) -> None:
    faulty.fault = Fault.DENIED
    reads = tuple(probe for read in granted_reads() if (probe := probe_of(read, PLACE)) is not None)
    reader = Reader(PLACE, clients=clients[False], sleep=lambda _: None)

    replies = reader.run(_all(reads))

    without = [reply.read.call for reply in replies if isinstance(reply, Unreadable) and not reply.cure]
    assert without == []

"""What workloads/index.py promises, of the fake and of DynamoDB in moto."""

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws
from why403.aws.workload_index import FRESH_MS, DynamoWorkloadIndex
from why403.survey import SurveyedIndex
from why403.workloads.index import ANY_GROUP, INDEXED, SurveyState
from why403.workloads.register import SURVEYS
from why403.workloads.workload import Hints, WorkloadKind, Writer

from tests.fakes.dynamodb_table import NOW, make_table
from tests.fakes.workload_index import InMemoryWorkloadIndex

SERVED = Writer(
    kind=WorkloadKind.ECS, name="orders", cluster="arn:aws:ecs:eu-west-1:1:cluster/a", service="web"
)
ALONE = Writer(kind=WorkloadKind.ECS, name="orders")
ROUTED = Writer(kind=WorkloadKind.ECS, name="mail", template="/ecs/$(ecs_cluster)")
ROLE, OTHER = "arn:aws:iam::123456789012:role/orders", "arn:aws:iam::123456789012:role/mail"
FUNCTION = Writer(kind=WorkloadKind.LAMBDA, name="orders")


@pytest.fixture(params=["fake", "moto"])
def index(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SurveyedIndex]:
    if request.param == "fake":
        yield InMemoryWorkloadIndex()
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        make_table(client, "incidents")
        yield DynamoWorkloadIndex(client, "incidents")


def test_nothing_is_known_of_a_group_that_nobody_noted(index: SurveyedIndex) -> None:
    assert index.look_up("/ecs/orders", NOW) == Hints()


def test_the_writers_of_a_group_are_read_back_whole_with_those_whose_group_is_not_known(
    index: SurveyedIndex,
) -> None:
    index.note((("/a", SERVED), ("/a", ALONE), ("/a", FUNCTION), ("/b", ALONE), (ANY_GROUP, ROUTED)), NOW)
    index.note((("/a", SERVED),), NOW)

    assert {SERVED, ALONE, FUNCTION, ROUTED} == set(index.look_up("/a", NOW).writers)
    assert {ALONE, ROUTED} == set(index.look_up("/b", NOW).writers)


def test_the_roles_of_those_that_write_to_the_very_group_are_told(index: SurveyedIndex) -> None:
    index.note(
        (("/a", replace(SERVED, roles=(ROLE,))), ("/a", ALONE), (ANY_GROUP, replace(ROUTED, roles=(OTHER,)))),
        NOW,
    )

    assert {ROLE} == index.roles("/a")
    assert set() == index.roles("/b")


def test_a_survey_goes_on_from_what_was_saved_last(index: SurveyedIndex) -> None:
    state = SurveyState(step=1, cursor="token", complete=False, ended={"ecs-services": NOW})
    index.save_survey(SurveyState(step=0), NOW)
    index.save_survey(state, NOW)

    assert state == index.survey_state()


def test_a_kind_counts_as_looked_at_for_three_days_after_all_of_its_steps_ended(index: SurveyedIndex) -> None:
    steps = {name: NOW for name, kind, _ in SURVEYS}
    index.save_survey(SurveyState(ended=steps), NOW)
    whole, stale = index.look_up("/a", NOW), index.look_up("/a", NOW + FRESH_MS + 1)
    del steps["ecs-services"]
    index.save_survey(SurveyState(ended=steps), NOW)

    assert (whole.surveyed, stale.surveyed) == (INDEXED, frozenset())
    assert INDEXED - {WorkloadKind.ECS} == index.look_up("/a", NOW).surveyed

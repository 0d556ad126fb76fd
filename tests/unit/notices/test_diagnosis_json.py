"""What is stored of a diagnosis stays small and holds no secret."""

from dataclasses import replace

from why403.notices.diagnosis_json import STATEMENTS, to_json

from tests.unit.notices.notice_case import diagnosis_of


def test_of_hundreds_of_statements_those_that_come_closest_are_kept() -> None:
    told = diagnosis_of("first_incident")
    assert told.decision is not None
    identity = told.decision.layers[0]
    resource = told.decision.layers[1]
    many = replace(identity, evidence=(*(tuple(identity.evidence) * 300), *resource.evidence))
    huge = replace(told, decision=replace(told.decision, layers=(many,)))

    kept = to_json(huge)["decision"]["layers"][0]["evidence"]

    assert len(kept) == STATEMENTS
    assert kept[0]["statement"] == "AllowECSTaskAccess"


def test_an_environment_value_that_the_line_repeats_is_not_stored() -> None:
    told = diagnosis_of("first_incident")
    workload = replace(told.workload, environment={"GREETING": "correct horse battery"})
    denial = replace(told.denial, excerpt="denied, said correct horse battery to us")

    stored = to_json(replace(told, workload=workload, denial=denial))

    assert stored["denial"]["excerpt"] == "denied, said [redacted:environment] to us"
    assert "environment" not in stored["workload"]

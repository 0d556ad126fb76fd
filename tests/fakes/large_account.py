"""An account of a real company, answered page by page: what grows with an account is grown on purpose.

Each operation answers as many items a page as AWS documents, so that `calls` counts pages as AWS counts calls.
Names tell nothing: family 217 writes to a log group that is called otherwise.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from why403.iam.place import Place
from why403.reads import Answer, Failure, Plan, Read, Reply, Unreadable

PLACE = Place("123456789012", "eu-west-1")
TASK = "0123456789abcdef0123456789abcdef"
ECS = f"arn:aws:ecs:{PLACE.region}:{PLACE.account}"
WORDS = ("amber", "birch", "cedar", "dune", "elm", "fern", "grove")


class LargeAccount:
    """Has `run`, `calls` and `rounds` as aws/reader.py has. `tasks`: what runs, as (cluster, definition)."""

    def __init__(self, *, families: int = 300, clusters: int = 12, functions: int = 1_000) -> None:
        self.families = [f"{WORDS[number % 7]}-{number:04}" for number in range(families)]
        self.clusters = [f"{ECS}:cluster/{WORDS[number % 7]}{number}" for number in range(clusters)]
        self.functions = functions
        self.running = (self.clusters[-1], f"{ECS}:task-definition/{self.families[families * 5 // 6]}:3")
        self.gone = False
        self.stacked: Mapping[str, str] = {}
        """Log group → the family that stands in one stack with it."""
        self.moved: dict[str, str] = {}
        """Family → the log group that it writes to since a change."""
        self.calls = 0
        self.rounds = 0
        self._answers: Mapping[str, Callable[[Read], tuple[Mapping[str, Any], bool]]] = {
            "ecs:ListClusters": lambda read: self._page(read, "clusterArns", self.clusters, 100),
            "ecs:ListTaskDefinitionFamilies": lambda read: self._page(read, "families", self.families, 100),
            "ecs:ListTaskDefinitions": lambda read: self._page(
                read, "taskDefinitionArns", [f"{ECS}:task-definition/{name}:3" for name in self.families], 100
            ),
            "ecs:ListServices": lambda read: self._page(read, "serviceArns", self._services(read), 100),
            "ecs:DescribeServices": lambda read: ({"services": self._described(read)}, False),
            "lambda:GetFunctionConfiguration": lambda read: (self._function(read), False),
            "batch:DescribeJobDefinitions": lambda _: ({"jobDefinitions": []}, False),
            "codebuild:ListProjects": lambda _: ({"projects": []}, False),
            "stepfunctions:ListStateMachines": lambda _: ({"stateMachines": []}, False),
            "apigateway:GetRestApis": lambda _: ({"items": []}, False),
            "apigatewayv2:GetApis": lambda _: ({"Items": []}, False),
            "ecs:DescribeTasks": lambda read: ({"tasks": self._tasks(read)}, False),
            "ecs:DescribeTaskDefinition": lambda read: ({"taskDefinition": self._definition(read)}, False),
            "ecs:DescribeClusters": lambda _: (
                {"clusters": [{"registeredContainerInstancesCount": 1}]},
                False,
            ),
            "lambda:ListFunctions": lambda read: self._page(read, "Functions", self._functions(), 50),
            "cloudformation:DescribeStackResources": lambda read: (
                {"StackResources": self._stack(read)},
                False,
            ),
            "ec2:DescribeInstances": lambda _: ({"Reservations": []}, False),
            "iam:ListInstanceProfiles": lambda _: ({"InstanceProfiles": []}, False),
        }

    def log(self, events_of: Callable[[Mapping[str, Any]], Sequence[Mapping[str, Any]]]) -> None:
        """What is logged, by GetLogEvents' parameters."""
        told = {"logs:GetLogEvents": lambda read: ({"events": list(events_of(read.parameters))}, False)}
        self._answers = {**self._answers, **told}

    def decode(self, context: Mapping[str, Any]) -> None:
        """What STS tells of any encoded message."""
        told = {"DecodedMessage": json.dumps({"context": context})}
        self._answers = {**self._answers, "sts:DecodeAuthorizationMessage": lambda _: (told, False)}

    def group_of(self, family: str) -> str:
        """The log group that a family's container writes to."""
        return f"/platform/{self.families.index(family) * 31 % 1_009:03}"

    def run(self, plan: Plan[Any], *, fresh: bool = False) -> Any:
        """The plan's result. There is no cache, so `fresh` changes nothing."""
        del fresh
        self.calls = self.rounds = 0
        try:
            reads = next(plan)
            while True:
                self.rounds += bool(reads)
                reads = plan.send(tuple(self._reply(read) for read in reads))
        except StopIteration as end:
            return end.value

    def _reply(self, read: Read) -> Reply:
        answer = self._answers.get(read.call)
        if answer is None:
            self.calls += 1
            return Unreadable(read, Failure.UNAVAILABLE, f"NotAnswered {read.call}")
        data, truncated = answer(read)
        if data.get("taskDefinition", True) is None:
            self.calls += 1
            return Unreadable(read, Failure.ABSENT, "ClientException")
        self.calls += "pages" not in data
        return Answer(read, data, truncated)

    def _page(self, read: Read, name: str, items: Sequence[Any], size: int) -> tuple[Mapping[str, Any], bool]:
        """From the reader's own token on; AWS's own token, a place in the list, where it goes on."""
        asked = read.parameters
        first = int(str(asked.get("nextToken") or asked.get("Marker") or 0))
        size = min(size, int(str(asked.get("maxResults") or size)))
        left = len(items) - first
        pages = max(1, min(read.pages, -(-left // size)))
        self.calls += pages
        end = first + read.pages * size
        token = {"nextToken": str(end), "NextMarker": str(end)} if end < len(items) else {}
        return {name: list(items[first:end]), "pages": pages, **token}, end < len(items)

    def _stack(self, read: Read) -> list[Mapping[str, str]]:
        family = self.stacked.get(str(read.parameters["PhysicalResourceId"]))
        if family is None:
            return []
        definition = {
            "ResourceType": "AWS::ECS::TaskDefinition",
            "PhysicalResourceId": f"{ECS}:task-definition/{family}:3",
        }
        return [
            {"ResourceType": "AWS::Logs::LogGroup", "PhysicalResourceId": self.group_of(family)},
            definition,
        ]

    def _services(self, read: Read) -> list[str]:
        cluster = str(read.parameters["cluster"]).rpartition("/")[2]
        return [f"{ECS}:service/{cluster}/service{number}" for number in range(25)]

    def _described(self, read: Read) -> list[Mapping[str, Any]]:
        """The services asked for, each of which runs a family of its own."""
        cluster = str(read.parameters["cluster"])
        place = next(
            number for number, arn in enumerate(self.clusters) if cluster in {arn, arn.rpartition("/")[2]}
        )
        asked: Any = read.parameters["services"]
        names = [str(name).rpartition("/")[2] for name in asked]
        numbers = [place * 25 + int(name.removeprefix("service")) for name in names if name != "orders"]
        return [
            {
                "serviceName": f"service{number % 25}",
                "serviceArn": f"{ECS}:service/{self.clusters[place].rpartition('/')[2]}/service{number % 25}",
                "clusterArn": self.clusters[place],
                "status": "ACTIVE",
                "taskDefinition": f"{ECS}:task-definition/{self.families[number]}:3",
            }
            for number in numbers
            if number < len(self.families)
        ]

    def _function(self, read: Read) -> Mapping[str, Any]:
        return self._functions()[int(str(read.parameters["FunctionName"]).removeprefix("function"))]

    def _tasks(self, read: Read) -> list[Mapping[str, Any]]:
        cluster, definition = self.running
        if self.gone or read.parameters["cluster"] not in {cluster, cluster.rpartition("/")[2]}:
            return []
        arn = f"{ECS}:task/{cluster.rpartition('/')[2]}/{TASK}"
        task = {
            "taskArn": arn,
            "taskDefinitionArn": definition,
            "clusterArn": cluster,
            "launchType": "FARGATE",
        }
        return [{**task, "group": "service:orders"}]

    def _definition(self, read: Read) -> Mapping[str, Any] | None:
        family = str(read.parameters["taskDefinition"]).rpartition("/")[2].partition(":")[0]
        if family not in self.families:
            return None
        options = {
            "awslogs-group": self.moved.get(family) or self.group_of(family),
            "awslogs-stream-prefix": "run",
        }
        return {
            "taskDefinitionArn": f"{ECS}:task-definition/{family}:3",
            "family": family,
            "taskRoleArn": f"arn:aws:iam::{PLACE.account}:role/{family}",
            "executionRoleArn": f"arn:aws:iam::{PLACE.account}:role/pull",
            "requiresCompatibilities": ["FARGATE"],
            "containerDefinitions": [
                {"name": "app", "logConfiguration": {"logDriver": "awslogs", "options": options}}
            ],
        }

    def _functions(self) -> list[Mapping[str, Any]]:
        return [
            {
                "FunctionName": f"function{number}",
                "Role": f"arn:aws:iam::{PLACE.account}:role/function{number}",
                "LoggingConfig": {"LogGroup": f"/functions/{number}"},
            }
            for number in range(self.functions)
        ]

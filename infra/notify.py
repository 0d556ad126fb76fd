"""The incidents topic, and a schedule → notify: each turn, and what waits for a digest, is told to whom it concerns."""

import json
from collections.abc import Iterable
from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct
from why403.delivery.pacing import WINDOW
from why403.delivery.register import SECRETS
from why403.environment import NotifyEnvironment
from why403.notices.letter import LetterKind

from infra.console import Console
from infra.fix_page import FixPage
from infra.function import Function, FunctionPlan
from infra.parts import Parts


class Notify(Construct):
    """What cannot be delivered is tried twice more, then parked; so is what the topic cannot hand over."""

    def __init__(
        self, scope: Construct, construct_id: str, parts: Parts, page: FixPage | None, console: Console | None
    ) -> None:
        super().__init__(scope, construct_id)
        plan = FunctionPlan(
            name="notify",
            told="Incident → Slack, e-mail, chat, events",
            memory_mb=512,
            timeout_seconds=60,
            environment=_environment(parts, page, console),
        )
        self.handler = Function(self, plan, parts.settings, parts.code)
        self.dead_letters = self.handler.park_failures()
        parts.topics.incidents.add_subscription(
            subscriptions.LambdaSubscription(self.handler.function, dead_letter_queue=self.dead_letters)
        )
        if parts.settings.alarms_in_rooms:
            parts.topics.alarms.add_subscription(
                subscriptions.LambdaSubscription(self.handler.function, dead_letter_queue=self.dead_letters)
            )
        self._grant(parts, page)
        self._run(LetterKind.DIGEST, events.Schedule.rate(Duration.millis(WINDOW)))
        self._run(LetterKind.SILENCED, events.Schedule.cron(week_day="MON", hour="6", minute="7"))

    def _run(self, kind: LetterKind, schedule: events.Schedule) -> None:
        target = targets.LambdaFunction(
            self.handler.function,
            event=events.RuleTargetInput.from_object({"task": kind.value}),
            dead_letter_queue=self.dead_letters,
        )
        events.Rule(self, kind.value.capitalize(), schedule=schedule, targets=[target])

    def _grant(self, parts: Parts, page: FixPage | None) -> None:
        role = self.handler.role
        parts.incidents.grant_use(role, "notify")
        parts.secrets.grant_read(role, *secrets_of(parts, SECRETS))
        if page:
            parts.secrets.grant_read(role, parts.secrets.links)
        for topic in (parts.topics.email, parts.topics.chat, parts.topics.machines):
            parts.topics.grant_publish(role, topic)
        if parts.settings.event_bus:
            events.EventBus.from_event_bus_name(self, "Bus", parts.settings.event_bus).grant_put_events_to(
                role
            )


def _environment(parts: Parts, page: FixPage | None, console: Console | None) -> NotifyEnvironment:
    settings, topics = parts.settings, parts.topics
    return NotifyEnvironment(
        table_name=parts.incidents.table.table_name,
        routes=json.dumps(_routes(parts)),
        language=settings.language,
        page_url=page.url if page else "",
        stack_name=settings.stack_name,
        console_dashboard=console.dashboard_name if console else "",
        link_secret_arn=parts.secrets.links if page else "",
        link_hours=settings.link_hours,
        act_hours=settings.act_hours if page and settings.acting == "links" else 0,
        email_topic_arn=topics.email.topic_arn if topics.email else "",
        machine_topic_arn=topics.machines.topic_arn,
        alarm_topic_arn=topics.alarms.topic_arn if settings.alarms_in_rooms else "",
        chat_topic_arn=topics.chat.topic_arn if topics.chat else "",
        event_bus_name=settings.event_bus,
        redact_emails=settings.redact_emails,
        webhook_hosts=settings.webhook_hosts,
        slack_app=settings.slack_app,
    )


def _routes(parts: Parts) -> list[dict[str, Any]]:
    """The settings' routes; one that names no secret of a channel uses the stack's, one that names an empty one none."""
    own = {SECRETS[channel].setting: name for channel, name in parts.secrets.channels.items()}
    return [own | dict(route) for route in parts.settings.routes or ({},)]


def secrets_of(parts: Parts, channels: Iterable[str]) -> tuple[str, ...]:
    """The names of the secrets that the routes use for these channels."""
    named = (str(route.get(SECRETS[channel].setting, "")) for route in _routes(parts) for channel in channels)
    return tuple(sorted(set(filter(None, named))))

"""The topics, their key, and who may publish: CloudWatch's alarms among them, or nobody would hear them."""

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.outputs import tell
from infra.settings import Settings

TOLD = {
    "Incidents": "the turns of incidents, by which diagnose wakes notify",
    "Machines": "incidents as JSON (docs/message-schema.md), with attributes to filter on",
    "Alarms": "why403's own alarms",
    "Email": "incidents as plain text for e-mail",
    "Chat": "incidents for Amazon Q Developer in chat applications",
}


class Topics(Construct):
    """`incidents` carries each turn of an incident, `machines` its JSON message, `alarms` our own alarms; `email` and `chat` where they are on."""

    def __init__(self, scope: Construct, construct_id: str, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.key = self._key(settings)
        self.incidents = self._topic("Incidents")
        self.machines = self._topic("Machines")
        self.alarms = self._topic("Alarms")
        self._let_alarms_publish()
        self.email = self._topic("Email") if settings.email_addresses else None
        self.chat = self._topic("Chat") if settings.chat else None
        for address in settings.alarm_email_addresses:
            self.alarms.add_subscription(subscriptions.EmailSubscription(address))
        for address in settings.email_addresses if self.email else ():
            self.email.add_subscription(subscriptions.EmailSubscription(address))  # type: ignore[union-attr]

    def _key(self, settings: Settings) -> kms.IKey:
        """The organization's, whose policy is theirs, or one of the stack's own."""
        if settings.kms_key:
            return kms.Key.from_key_arn(self, "Key", settings.kms_key)
        return kms.Key(
            self,
            "Key",
            description=f"{settings.stack_name}: messages at rest in its topics",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _topic(self, name: str) -> sns.Topic:
        topic = sns.Topic(self, name, master_key=self.key, enforce_ssl=True)
        tell(self, f"{name}TopicArn", topic.topic_arn, f"The topic of {TOLD[name]}")
        return topic

    def _let_alarms_publish(self) -> None:
        """Alarms of this account, through the topic's policy and the key's.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
        """
        own = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        cloudwatch = iam.ServicePrincipal("cloudwatch.amazonaws.com", conditions=own)
        self.alarms.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsPublish",
                principals=[cloudwatch],
                actions=["sns:Publish"],
                resources=[self.alarms.topic_arn],
            )
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AlarmsEncrypt",
                principals=[cloudwatch],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
            )
        )

    def grant_publish(self, grantee: iam.IGrantable, topic: sns.Topic | None) -> str:
        """Let a function publish, key included; the topic's ARN, empty where there is no such topic."""
        if topic is None:
            return ""
        encrypt = ["kms:Decrypt", "kms:GenerateDataKey"]
        iam.Grant.add_to_principal(grantee=grantee, actions=["sns:Publish"], resource_arns=[topic.topic_arn])
        iam.Grant.add_to_principal(grantee=grantee, actions=encrypt, resource_arns=[self.key.key_arn])
        return topic.topic_arn

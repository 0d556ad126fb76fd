"""What all our functions have in common."""

import base64
import gzip
import hashlib
import re
from dataclasses import dataclass

from aws_cdk import Aws, CfnCondition, CfnParameter, Duration, Fn, RemovalPolicy, Stack, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from why403.environment import METRICS_NAMESPACE, PACKED, Environment
from why403.errors import SettingsError

from infra.acknowledged import acknowledge
from infra.setting_kinds import CONCURRENCY_DEFAULTS, OWN_LOG_GROUPS
from infra.settings import Settings

ENVIRONMENT_BYTES = 4_096
"""https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""
PACK_FROM = 400
"""Characters: shorter values gain nothing once base64 has added a third, and stay readable in the console."""
TOKEN = re.compile(r"\$\{Token\[[^\]]+\]\}")
"""What the CDK writes in place of a name that only CloudFormation knows."""
LONGEST_ARN = "-" * 124
"""As long as a topic's ARN may be, in the longest Region, of the longest stack name."""
RESERVE = "ReserveConcurrency"
"""The stack's one parameter."""
KEPT_ENCRYPTED = (
    "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom", "kms:ReEncryptTo",
)  # fmt: skip
"""What DynamoDB, SNS, SQS and Lambda ask of whoever uses what they keep.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
"""
IN_SUBNETS = (
    "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
)  # fmt: skip
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""
WHY_ANY_INTERFACE = (
    "Lambda makes and removes the interfaces of functions in subnets with the function's role, and AWS's own policy for it "
    "binds these actions to no resource."
)
LONGEST_STACK_IN_ROLE = 37
"""A role's name has 64 characters: the longest Region's has 14, the longest function's 11, and two hyphens."""
FUNCTIONS = tuple(CONCURRENCY_DEFAULTS)
"""The stems of all that a stack may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionPlan:
    """What sets one function apart: `name` is its file's stem, `environment` the values of its dataclass."""

    name: str
    told: str
    memory_mb: int
    timeout_seconds: int
    environment: Environment
    fixed_name: str = ""
    """What the function is called where people name it in policies; empty: CloudFormation names it."""


class Function(Construct):
    """A function of the asset, with a role and a log group of its own."""

    def __init__(self, scope: Construct, plan: FunctionPlan, settings: Settings, code: lambda_.Code) -> None:
        super().__init__(scope, "Handler")
        self.log_group = logs.LogGroup(
            self,
            "Logs",
            log_group_name=own_log_group(settings, plan.name),
            retention=_RETENTION[settings.log_retention_days],
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(
            self,
            "Role",
            role_name=role_name(settings, plan.name),
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        self.log_group.grant_write(self.role)
        self._grant_forced(settings)
        self.function = lambda_.Function(
            self,
            "Function",
            description=plan.told,
            function_name=plan.fixed_name or None,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler=f"{plan.name}.handler",
            code=code,
            role=self.role,
            memory_size=plan.memory_mb,
            timeout=Duration.seconds(plan.timeout_seconds),
            environment=variables(plan.environment, settings.stack_name),
            log_group=self.log_group,
        )
        self._reserve(settings.concurrency_of(plan.name))
        acknowledge(
            self.function,
            "AwsSolutions-L1",
            "3.13 is the runtime that the packages are pinned, compiled and measured for.",
        )

    def _grant_forced(self, settings: Settings) -> None:
        """What a key of the organization's and subnets ask of the role."""
        if settings.kms_key:
            self.role.add_to_policy(
                iam.PolicyStatement(actions=list(KEPT_ENCRYPTED), resources=[settings.kms_key])
            )
        if settings.subnets:
            self.role.add_to_policy(iam.PolicyStatement(actions=list(IN_SUBNETS), resources=["*"]))
            acknowledge(self.role, "AwsSolutions-IAM5[Resource::*]", WHY_ANY_INTERFACE)

    def _reserve(self, executions: int) -> None:
        """Bound the function's load and spend, where the account has executions to spare."""
        if executions:
            reserved = Fn.condition_if(_can_reserve(Stack.of(self)).logical_id, executions, Aws.NO_VALUE)
            function = self.function.node.default_child
            function.reserved_concurrent_executions = Token.as_number(reserved)  # type: ignore[union-attr]

    def park_failures(self) -> sqs.Queue:
        """Retry twice, then keep the event with its error in a queue of its own for 14 days."""
        queue = dead_letter_queue(self)
        self.function.configure_async_invoke(
            on_failure=destinations.SqsDestination(queue),
            retry_attempts=2,
            max_event_age=Duration.hours(6),
        )
        return queue


def functions_of(settings: Settings) -> tuple[str, ...]:
    """The stems of the functions that a stack with these settings has."""
    console = settings.page_mode == "console"
    has = {
        "subscribe": settings.has_subscriber,
        "fix_page": settings.page_mode == "signed",
        "console": console,
        "slack_app": settings.slack_app,
        "console_act": console and settings.acting != "off",
    }
    return tuple(stem for stem in FUNCTIONS if has.get(stem, True))


def _can_reserve(stack: Stack) -> CfnCondition:
    """A parameter and not a setting: one template serves new accounts, which have ten executions in all, and old ones."""
    made = stack.node.try_find_child("CanReserve")
    if isinstance(made, CfnCondition):
        return made
    parameter = CfnParameter(
        stack,
        RESERVE,
        allowed_values=["yes", "no"],
        default="yes",
        description="Whether to reserve concurrency (setting `concurrency`). Lambda refuses that in an account that "
        "would keep fewer than 100 unreserved executions: say no there. `make deploy` finds out by itself.",
    )
    return CfnCondition(stack, "CanReserve", expression=Fn.condition_equals(parameter.value_as_string, "yes"))


def dead_letter_queue(scope: Construct) -> sqs.Queue:
    """Where a failed event waits for the redrive."""
    queue = sqs.Queue(
        scope,
        "DeadLetters",
        retention_period=Duration.days(14),
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
    acknowledge(
        queue, "AwsSolutions-SQS3", "It is a dead-letter queue: of a function, a topic or a schedule."
    )
    return queue


def role_name(settings: Settings, name: str) -> str:
    """The role of the function `name`: one that policies of other accounts can name, whoever deploys the template.

    Roles are global in an account, so the Region stands in it.
    """
    return f"{role_stem(settings, name)}-{Aws.REGION}"


def role_stem(settings: Settings, name: str) -> str:
    """The same without the Region. A stack's name that has no room is told by its beginning and a hash: others begin so too."""
    mark = path_mark(settings.role_path)
    stack, room = settings.stack_name, LONGEST_STACK_IN_ROLE - len(mark)
    if len(stack) > room:
        hashed = _hashed(stack)
        stack = f"{stack[: room - len(hashed)]}{hashed}"
    return f"{stack}-{name.replace('_', '-')}{mark}"


def path_mark(path: str) -> str:
    """What a path other than `/` puts into the names: a role that gets another path is made anew, and needs a name that is free.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
    """
    return "" if path == "/" else _hashed(path)


def _hashed(text: str) -> str:
    return f"-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


def own_log_group(settings: Settings, name: str) -> str:
    """The log group of the function `name`: under a prefix that is never watched."""
    return f"{OWN_LOG_GROUPS}{settings.stack_name}/{name}"


def variables(environment: Environment, namespace: str) -> dict[str, str]:
    """The environment's fields and the metrics' namespace as variables; long values packed, since Lambda takes 4,096 bytes in all."""
    values = {name: pack(text) for name, text in environment.texts().items()}
    values[METRICS_NAMESPACE] = namespace
    size = sum(
        len(key.encode()) + len(TOKEN.sub(LONGEST_ARN, value).encode()) for key, value in values.items()
    )
    if size > ENVIRONMENT_BYTES:
        largest = max(values, key=lambda key: len(values[key])).lower()
        raise SettingsError(
            f"{type(environment).__name__}: {largest} and the others take {size} bytes, packed, and a Lambda "
            f"function's environment holds {ENVIRONMENT_BYTES}. Say it shorter: a glob for many groups, for example."
        )
    return values


def pack(value: str) -> str:
    """The value, or where it is long and packing helps, the value packed (why403/environment.py unpacks)."""
    if len(value) < PACK_FROM or "${Token[" in value:
        return value
    packed = PACKED + base64.b85encode(gzip.compress(value.encode(), mtime=0)).decode()
    return packed if len(packed) < len(value) else value


_RETENTION = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
}

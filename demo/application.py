"""The application in the incident: it calls SQS as its task role, and logs a failure as the PHP SDK words it."""

import json
import time
from datetime import UTC, datetime

from botocore.exceptions import ClientError

from demo.emulator import Emulator
from demo.incident import LOG_GROUP, LOG_STREAM, Incident

FORBIDDEN = 403
"""HTTP's status of a denial: anything else is a fault of the demo."""


class Application:
    """Holds the task role's credentials, as a container does."""

    def __init__(self, account: Emulator, incident: Incident) -> None:
        self._account = account
        self._incident = incident
        sts = account.session().client("sts", endpoint_url=account.endpoint)
        made = sts.assume_role(RoleArn=incident.role_arn, RoleSessionName="0f3a9c1e2b7d4f58")["Credentials"]
        self._own = account.session(
            key=made["AccessKeyId"], secret=made["SecretAccessKey"], token=made["SessionToken"]
        )

    def send_job(self) -> str | None:
        """Send a message to the queue; the line that was logged because AWS denied it, None where it went through."""
        sqs = self._own.client("sqs", endpoint_url=self._account.endpoint)
        try:
            sqs.send_message(QueueUrl=self._incident.queue_url, MessageBody=json.dumps({"job": "SendDigest"}))
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != FORBIDDEN:
                raise
            line = self.line()
            self._log(line)
            return line
        return None

    def line(self) -> str:
        """The PHP SDK's words for it: no queue, no role, no account."""
        host = f"https://sqs.{self._account.region}.amazonaws.com"
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        return (
            f'[{now}] develop.ERROR: Error executing "SendMessage" on "{host}"; AWS HTTP error: '
            f"Client error: `POST {host}` resulted in a `403 Forbidden` response"
        )

    def _log(self, line: str) -> None:
        logs = self._account.session().client("logs", endpoint_url=self._account.endpoint)
        logs.put_log_events(
            logGroupName=LOG_GROUP,
            logStreamName=LOG_STREAM,
            logEvents=[{"timestamp": int(time.time() * 1000), "message": line}],
        )

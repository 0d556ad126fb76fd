"""Settings of earlier versions and of habit: what is written in their place today."""

from collections.abc import Mapping

RENAMED = {
    "log_group": 'write `log_groups`, a list: ["/ecs/orders"]',
    "log_group_names": 'write `log_groups`, a list: ["/ecs/orders"]',
    "exclude": "write `exclude_log_groups`",
    "slack_webhook": "a webhook is a secret: name the secret that holds it in `slack_secret`",
    "slack_webhook_url": "a webhook is a secret: name the secret that holds it in `slack_secret`",
    "webhook_url": "a webhook is a secret: name the secret that holds it in `slack_secret`",
    "slack_hosts": 'write `webhook_hosts`, a list: ["hooks.example.com"]',
    "permission_boundary": "write `permissions_boundary`",
    "reserved_concurrency": 'write `concurrency`, an object: {"triage": 10}',
    "quiet_hours_until_resolved": "write `resolve_after_hours`",
    "emails": "write `email_addresses` (incidents) and `alarm_email_addresses` (why403's own alarms)",
}
"""Names of earlier versions and of habit, and what to write today."""

GONE: Mapping[str, tuple[str, str]] = {
    "page_mode": ("iam", '"iam" is gone, as no browser opened its links; "console" is behind IAM too'),
    "acting": (
        "aws",
        '"aws" is gone with page_mode "iam"; with page_mode "console", acting is a right in IAM',
    ),
}
"""Values of earlier versions, and what to write today."""

"""Which calls are made to start a task, with the execution role: image pull, secrets, log delivery.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
"""

TASK_START_WORDS = (
    "CannotPullContainer",
    "CannotPullECRContainer",
    "CannotPullImageManifest",
    "ResourceInitializationError",
    "unable to pull secrets or registry auth",
    "execution resource retrieval failed",
    "Fetching secret data from",
    "failed to initialize logging driver",
    "failed to validate logger args",
    "ecs-agent",
)
LONGEST_LOOK = 65_536
"""Characters: the agent's lines are short, and an application's megabyte is not searched for its words."""


def is_of_task_start(message: str) -> bool:
    """Whether the line was written about a call of the agent and not of the application."""
    head = message[:LONGEST_LOOK]
    return any(word in head for word in TASK_START_WORDS)

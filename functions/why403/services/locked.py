"""A resource whose own policy shuts everyone out, those who came to look included.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
"""

from why403.message import Message
from why403.reads import Failure, Reply, Unreadable


def shut_out(reply: Reply, target: str, task: str) -> tuple[Message, ...]:
    """That the resource's own policy likely refused us. `task` is AssumeRoot's policy that unlocks its kind.

    AWS's code does not tell our own missing permission from a deny: both are said.
    """
    if not isinstance(reply, Unreadable) or reply.failure is not Failure.REFUSED:
        return ()
    permission = reply.cure or reply.read.declared.actions[0]
    values = {"call": reply.read.call, "target": target, "permission": permission, "task": task}
    return (Message("policies.refused-by-itself", values),)

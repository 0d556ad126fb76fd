"""Amazon ECS: from a log group, a stream or a task to the task definition and the service that runs it."""

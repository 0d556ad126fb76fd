"""The `why403` command: one file a command, `run(arguments) -> exit status`. Not in the Lambda asset."""

COMMANDS = {
    "classify": "JSON Lines of log events in, what each was denied out",
    "redact": "JSON Lines of log events in, what would be stored and sent of them out",
    "evaluate": "JSON Lines of requests and policies in, decisions out",
    "explain": "one log event to its diagnosis, with your own credentials",
    "doctor": "what this installation may read, and what it lacks",
    "scan": "denials in a log group's recent events",
}

USAGE = "usage: why403 COMMAND [ARGUMENT ...]\n\n" + "\n".join(
    f"  {name:10}{what}" for name, what in COMMANDS.items()
)

"""The `why403` command: one file a command: Click's `command`, of a stream `run(options) -> exit status`. Not in the Lambda asset."""

STREAMS = ("classify", "redact", "evaluate")
"""JSON Lines in, JSON Lines out: without an option they start without the command line's library."""
COMMANDS = {
    "explain": "One log event to its diagnosis, with your own credentials.",
    "scan": "Denials in log groups' recent events, by cause.",
    "doctor": "What this installation may read, and what it lacks.",
    "incidents": "What a deployed why403 keeps: what is open, and how it stands.",
    "open": "One incident of a deployed why403.",
    "mute": "Silence an incident until a day, by name.",
    "expect": "Say that a denial is meant to be, by name.",
    "redrive": "Parked events given to their function again.",
    "export": "Known calls of a deployed why403, as a file for the repository.",
    "check": "A plan or template against known calls, before it lands.",
    "classify": "JSON Lines of log events in, what each was denied out.",
    "redact": "JSON Lines of log events in, what would be stored and sent of them out.",
    "evaluate": "JSON Lines of requests and policies in, decisions out.",
    "fix": "A diagnosis to the edit of the source that makes the role.",
    "mcp": "The same as tools for a coding agent (an extra: why403[mcp]).",
    "completion": "The script that lets your shell complete commands and options.",
}
"""Each command with its sentence in the help; its file is loaded only when it is called."""

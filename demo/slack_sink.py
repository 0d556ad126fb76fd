"""A sink in Slack's place: takes what is posted over HTTP, by webhook or as a bot, and answers as Slack does.

https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
https://docs.slack.dev/reference/methods/chat.update
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from demo.slack_answers import Reply, slack_answer
from demo.slack_interactions import CHANNEL, SIGNING_SECRET, TEAM

Message = dict[str, Any]
OK = 200
"""HTTP's: only what Slack would have taken is kept."""


class SlackSink:
    """The messages that were received, in order."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._messages: list[Message] = []
        self._refusals: list[int] = []
        self.view: dict[str, Any] | None = None
        """The window that is open."""
        self._arrived = threading.Condition(threading.RLock())

    @property
    def webhook(self) -> str:
        """The address to give to why403 as an incoming webhook."""
        return f"http://{self.host}/services/T00000000/B00000000/demo"

    @property
    def bot(self) -> str:
        """A secret that holds a bot with an app, for the same."""
        told = {"bot_token": "xoxb-made-up", "channel": CHANNEL, "api": f"http://{self.host}/api"}
        return json.dumps({**told, "signing_secret": SIGNING_SECRET, "team": TEAM})

    @property
    def messages(self) -> tuple[Message, ...]:
        """Everything received so far."""
        with self._arrived:
            return tuple(self._messages)

    def refuse(self, times: int, status: int = 500) -> None:
        """Answer the next posts with `status` instead of taking them."""
        with self._arrived:
            self._refusals = [status] * times

    @property
    def refusals_left(self) -> int:
        """Posts that are still to be refused."""
        with self._arrived:
            return len(self._refusals)

    def refusal(self) -> int | None:
        """The status that this post is refused with; None where it is not."""
        with self._arrived:
            return self._refusals.pop() if self._refusals else None

    @property
    def next_timestamp(self) -> str:
        """What the next message is known by."""
        return f"{1_764_000_000 + len(self.messages)}.000100"

    def take(self, message: Message) -> None:
        """Keep one message and wake who waits for it."""
        with self._arrived:
            self._messages.append({"ts": self.next_timestamp, **message})
            self._arrived.notify_all()

    def renew(self, message: Message) -> None:
        """Replace the message that has the same timestamp."""
        with self._arrived:
            self._messages = [message if one["ts"] == message["ts"] else one for one in self._messages]

    def wait_for(self, number: int, seconds: float) -> tuple[Message, ...]:
        """The first `number` messages; fewer where they did not come within `seconds`."""
        with self._arrived:
            self._arrived.wait_for(lambda: len(self._messages) >= number, timeout=seconds)
            return tuple(self._messages[:number])


class QuietServer(ThreadingHTTPServer):
    """A server that says nothing of a reader who went away: the demo tells its own story."""

    def handle_error(self, request: object, client_address: object) -> None:
        """No traceback for a connection that somebody closed."""


@contextmanager
def slack_sink() -> Iterator[SlackSink]:
    """Listen on a free port of 127.0.0.1 for as long as the block lasts."""
    server = QuietServer(("127.0.0.1", 0), _Webhook)
    sink = SlackSink(f"127.0.0.1:{server.server_address[1]}")
    server.sink = sink  # type: ignore[attr-defined]  # the handler finds it on its server
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()


class _Webhook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            message = json.loads(body)
        except ValueError:
            message = None
        refused = self.server.sink.refusal()  # type: ignore[attr-defined]
        sink: SlackSink = self.server.sink  # type: ignore[attr-defined]
        posted = slack_answer(self.path, message, sink.next_timestamp)
        reply = posted if refused is None else Reply(refused, "server_error")
        if reply.status == OK:
            self._keep(sink, message)
        words = reply.body.encode()
        self.send_response(reply.status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def _keep(self, sink: SlackSink, message: Message) -> None:
        match self.path.rpartition("/api/")[2]:
            case "views.open":
                sink.view = message["view"]
            case "chat.update":
                sink.renew(message)
            case _:
                sink.take(message)

    def log_message(self, *_: object) -> None:
        """Stay quiet: the demo tells its own story."""

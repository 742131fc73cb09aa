"""Follows the aircraft of a Skygate server with the ordinary python-socketio.

    client = SkygateAircraft("http://127.0.0.1:8080")
    client.on_change = lambda kind, m: print(len(client.state), "aircraft")
    await client.run()

and meanwhile, to see only a part of them,

    await client.set_view({"bbox": {"north": 51, "south": 49, "east": 10, "west": 7}})

What a message does to the picture is in picture.py; here it is fetched, and
fetched again when something is missing.
"""

import asyncio
import contextlib
import random

import socketio

from picture import Picture

ANSWER_S = 10  # how long an answer of the server may take


class RequestError(Exception):
    """The server's refusal of a request, or "no_answer"."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code, self.message = code, message


class SkygateAircraft:
    """A connection that is made again when it breaks, and a picture that goes on where it was."""

    def __init__(self, url, *, filter=None, wish=None, auth=None, transports=None, reconnection_delay=1):
        """filter: which aircraft, such as {"bbox": {"north": …, "south": …, "east": …, "west": …}};
        wish: further members of subscribe (fields, rate); auth: those of the CONNECT."""
        self.url, self.wish, self.auth, self.transports = url, dict(wish or {}), auth or {}, transports
        if filter:
            self.wish["filters"] = {"aircraft": filter}
        self.stats = dict(connects=0, snapshots=0, deltas=0, parts=0, ignored=0, holes=0, resumes=0)
        self.on_change = lambda kind, m: None  # called with ("snapshot" | "delta", message) after each change
        self.on_event = lambda name, *args: None  # called with everything else: connect, disconnect, subscribed, ...
        self.sio = None  # the present connection, an AsyncClient
        self._picture = Picture()
        self._wanted = True  # False between unsubscribe and subscribe
        self._timer = None  # runs while the server owes the answer to a subscribe
        self._first_delay = reconnection_delay
        self._failures = 0  # how often in a row the server could not be reached, or did not want this client
        self._requests = 0
        self._closed = asyncio.Event()

    @property
    def state(self):
        """The aircraft by hex. Only to be read."""
        return self._picture.state

    @property
    def position(self):
        """{epoch, seq, view} of the picture, or None before the first snapshot."""
        return self._picture.position

    @property
    def connected(self):
        return self.sio is not None and "/" in self.sio.namespaces

    async def run(self):
        """Connects, and connects again whenever that ends, until close.

        The library can do that too, but it stays away when the server closes the
        connection, and hardly spreads the attempts of many clients.
        """
        while not self._closed.is_set():
            try:
                await self._connection()
            except Exception as e:  # whatever it was, the next connection is a new client
                self.on_event("connect_error", str(e))
            delay = min(30, self._first_delay * 2**self._failures) * (0.5 + random.random())
            self._failures += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._closed.wait(), delay)

    async def close(self):
        """Disconnects, for good: run returns."""
        self._closed.set()
        self._answered()
        if self.connected:
            await self.sio.disconnect()

    async def set_view(self, filter):
        """Looks at other aircraft from now on: a filter, None for all. The picture changes by one update."""
        await self.subscribe({"filters": {"aircraft": filter}})

    async def subscribe(self, wish=None):
        """Subscribes again after unsubscribe, or with another wish: {"fields": {"aircraft": ["lat", "lon"]}}."""
        self.wish.update(wish or {})
        self._wanted = True
        await self._ask(None if wish else self.position)  # a new view begins with what leads to it, not with a resume

    async def unsubscribe(self):
        self._wanted = False
        self._answered()
        if self.connected:
            await self.sio.emit("unsubscribe", {"topics": ["aircraft"]})

    async def request(self, type, params=None):
        """Returns the data of the response; raises RequestError."""
        self._requests += 1
        packet = {"type": type, "request_id": self._requests, "params": params or {}}
        answer = await self.call("request", packet)
        if answer.get("type") == "error":
            raise RequestError(answer.get("code"), answer.get("message"))
        return answer["data"]

    async def call(self, event, *args):
        """Emits an event and returns what the server acknowledges it with; raises RequestError("no_answer")."""
        try:
            if self.connected:
                return await self.sio.call(event, args, timeout=ANSWER_S)
        except socketio.exceptions.SocketIOError:
            pass
        raise RequestError("no_answer", f"no answer to {event}")

    async def _connection(self):
        """One connection, from its CONNECT to its end."""
        self.sio = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.sio.on("connect", self._on_connect)
        self.sio.on("disconnect", lambda reason: self.on_event("disconnect", reason))
        self.sio.on("*", self._on_event)
        auth = {**self.auth, "subscribe": {"topics": []}}  # in place of the topics that a server joins by itself
        try:
            await self.sio.connect(self.url, auth=auth, transports=self.transports, wait_timeout=ANSWER_S)
            if not self._closed.is_set():
                await self.sio.eio.wait()
        finally:
            with contextlib.suppress(Exception):
                await self.sio.disconnect()

    async def _on_connect(self):
        self.stats["connects"] += 1
        self.on_event("connect")
        if self._wanted:
            await self._ask(self.position)

    async def _on_event(self, name, m=None, *more):
        # Up to the first await this runs in the order of the messages.
        if name == "aircraft:snapshot":
            await self._took(self._picture.snapshot(m), m)
        elif name == "aircraft:update":
            await self._took(self._picture.update(m), m)
        else:
            if name == "subscribed" and "aircraft" in m["joined"]:
                self._answered()
                self.stats["resumes"] += bool((m.get("resumed") or {}).get("aircraft"))
            self.on_event(name, m, *more)

    async def _took(self, outcome, m):
        if outcome in ("snapshot", "delta"):
            self.stats[outcome + "s"] += 1
            self.on_change(outcome, m)
        elif outcome == "part":
            self.stats["parts"] += 1
        elif outcome == "ignored":
            self.stats["ignored"] += 1
        elif self._wanted and not self._timer:
            self.stats["holes"] += 1
            await self._ask(self.position)

    async def _ask(self, since):
        """One question at a time: what comes before its answer may not fit the picture, and is no further hole."""
        if not self.connected:
            return  # asked when it is
        place = {"since": {"aircraft": since}} if since else {}
        self._stop_timer()
        self._timer = asyncio.create_task(self._ask_again())
        await self.sio.emit("subscribe", {**self.wish, "topics": ["aircraft"], "legacy": False, **place})

    async def _ask_again(self):
        await asyncio.sleep(ANSWER_S)
        self._timer = None
        await self._ask(self.position)

    def _answered(self):
        self._stop_timer()
        self._failures = 0

    def _stop_timer(self):
        if self._timer:
            self._timer.cancel()
            self._timer = None

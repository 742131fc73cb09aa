"""What python-socketio must find at a server: interop.py URL websocket|polling|upgrade.

One line per check, "ok NAME" or "FAIL NAME: WHY"; exits with 1 when one failed.
"""

import asyncio
import sys
import time

import engineio.payload
import socketio

# As delivered the client refuses an answer to a poll with more than 16 packets,
# which any server gives that has more to say.
engineio.payload.Payload.max_decode_packets = 10_000

URL, MODE = sys.argv[1:]
TRANSPORTS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}[MODE]
PATIENCE = 15  # seconds
VALUES = (1, -2.5, "é😀", {"a": [None, True, {"deep": "x"}]}, [])


class Client:
    """One connection, whose events wait in a queue per namespace and name."""

    def __init__(self, reconnection=False):
        self.sio = socketio.AsyncClient(reconnection=reconnection, reconnection_delay=0.01, reconnection_delay_max=0.05)
        self.queues = {}
        self.answers = {}

    async def open(self, *namespaces, auth=None):
        for namespace in namespaces:
            self.sio.on("*", lambda event, *args, n=namespace: self.came(n, event, args), namespace=namespace)
            for event in ("connect", "disconnect", "connect_error"):
                self.sio.on(event, lambda *args, n=namespace, e=event: self.came(n, e, args), namespace=namespace)
        await self.sio.connect(URL, auth=auth, transports=TRANSPORTS, namespaces=list(namespaces), wait_timeout=PATIENCE)
        return self

    def came(self, namespace, event, args):
        self.queue(event, namespace).put_nowait(args)
        answer = self.answers.get(event)
        return answer(*args) if answer else None

    def queue(self, event, namespace="/"):
        return self.queues.setdefault((namespace, event), asyncio.Queue())

    async def next(self, event, namespace="/"):
        try:
            return await asyncio.wait_for(self.queue(event, namespace).get(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f"no {event} came") from None

    async def emit(self, event, *args, namespace="/"):
        await self.sio.emit(event, tuple(args), namespace=namespace)

    async def call(self, event, *args, namespace="/"):
        """Gives what the acknowledgement holds; one value stands for itself."""
        return await self.sio.call(event, tuple(args), namespace=namespace, timeout=PATIENCE)


opened = []


async def connected(*namespaces, auth=None, reconnection=False):
    client = Client(reconnection)
    opened.append(client)
    await client.open(*(namespaces or ("/",)), auth=auth)
    return client


def same(got, want):
    if got != want:
        raise AssertionError(f"got {str(got)[:200]!r}, want {str(want)[:200]!r}")


async def check_auth():
    auth = {"token": "é", "list": [1, {"a": None}]}
    same(await (await connected(auth=auth)).next("auth"), (auth,))


async def check_auth_none():
    same(await (await connected()).next("auth"), ({},))


async def check_namespace():
    client = await connected("/custom", auth={"who": "custom"})
    same(await client.next("auth", "/custom"), ({"who": "custom"},))


async def check_namespace_shared():
    client = await connected("/", "/custom")
    for namespace in "/custom", "/":
        await client.emit("message", namespace, namespace=namespace)
        same(await client.next("message-back", namespace), (namespace,))


async def check_namespace_dynamic():
    client = await connected("/dyn-101")
    same(await client.next("auth", "/dyn-101"), ({"nsp": "/dyn-101"},))


async def refused(namespace):
    client = Client()
    opened.append(client)
    try:
        await client.open(namespace)
    except socketio.exceptions.ConnectionError:
        return await client.next("connect_error", namespace)
    raise AssertionError("let in")


async def check_namespace_unknown():
    same(await refused("/nowhere"), ({"message": "Invalid namespace"},))


async def check_denied():
    same(await refused("/denied"), ({"message": "nope", "data": {"code": 401}},))


async def check_transport():
    client = await connected()
    info = await client.call("info")
    same((info["transport"], info["recovered"], info["rooms"]),
         ("polling" if MODE == "polling" else "websocket", False, [client.sio.get_sid()]))


async def check_event():
    client = await connected()
    await client.emit("message", *VALUES)
    same(await client.next("message-back"), VALUES)
    await client.emit("message")
    same(await client.next("message-back"), ())


async def check_ack_from_server():
    same(await (await connected()).call("message-with-ack", *VALUES), VALUES)


async def check_ack_from_client():
    client = await connected("/custom")
    client.answers["question"] = lambda *args: (*reversed(args), "answered")
    await client.emit("ask-me", *VALUES, namespace="/custom")
    same(await client.next("ack-result", "/custom"), (*reversed(VALUES), "answered"))


async def check_binary_from_server():
    client = await connected()
    await client.emit("send-binary")
    same(await client.next("binary"), ({"buf": b"\x01\x02\x03", "list": [b"\xff\x00\x80"], "s": "é😀"},))


async def check_binary_from_client():
    client = await connected("/custom")
    args = (b"\x00\x01\xff", {"deep": [b"", b"\x07" * 70_000]}, "text")
    await client.emit("message", *args, namespace="/custom")
    same(await client.next("message-back", "/custom"), args)
    same(await client.call("message-with-ack", *args, namespace="/custom"), args)


async def check_large():
    client = await connected()
    await client.emit("message", "é" * 100_000)
    same(await client.next("message-back"), ("é" * 100_000,))


async def check_order():
    client = await connected()
    for i in range(1000):
        await client.emit("seq", i)
    same([(await client.next("seq-back"))[0] for _ in range(1000)], list(range(1000)))


async def check_burst():
    client = await connected()
    await client.emit("bburst", 300, 100)
    same([(await client.next("b"))[0] for _ in range(300)], list(range(300)))


async def check_room():
    a, b, room = await connected(), await connected(), f"room-{MODE}"
    await a.call("join", room)
    await b.emit("to-room", room, "in")
    same(await a.next("room-msg"), ("in",))
    await a.call("leave", room)
    await b.emit("to-room", room, "gone")
    await b.call("info")
    await a.call("info")
    same((a.queue("room-msg").qsize(), b.queue("room-msg").qsize()), (0, 0))


async def check_server_disconnects_socket():
    client = await connected("/", "/custom")
    await client.emit("disconnect-me", False, namespace="/custom")
    same(await client.next("disconnect", "/custom"), (client.sio.reason.SERVER_DISCONNECT,))
    await client.emit("message", "still here")
    same(await client.next("message-back"), ("still here",))


async def check_server_disconnects_connection():
    client = await connected(reconnection=True)
    await client.emit("disconnect-me", True)
    same(await client.next("disconnect"), (client.sio.reason.SERVER_DISCONNECT,))
    await asyncio.wait_for(client.sio.wait(), PATIENCE)
    same(client.sio.connected, False)


async def check_client_disconnects():
    client = await connected()
    await client.sio.disconnect()
    same(await client.next("disconnect"), (client.sio.reason.CLIENT_DISCONNECT,))


async def check_reconnects():
    client = await connected(reconnection=True)
    await client.next("connect")
    before = client.sio.get_sid()
    await client.emit("close-transport")
    reason, = await client.next("disconnect")
    if MODE == "polling":
        # This client takes the packet that closes a polling session for the
        # server's wish, and stays away.
        same(reason, client.sio.reason.SERVER_DISCONNECT)
        client = await connected()
    elif reason == client.sio.reason.CLIENT_DISCONNECT:
        raise AssertionError(f"disconnected with {reason!r}")
    await client.next("connect")
    if client.sio.get_sid() == before:
        raise AssertionError("the same sid again")
    await client.emit("message", "again")
    same(await client.next("message-back"), ("again",))


async def check_idle(idle, since):
    await asyncio.sleep(max(0, 4 - (time.monotonic() - since)))
    same(idle.queue("disconnect").qsize(), 0)
    await idle.emit("message", "here")
    same(await idle.next("message-back"), ("here",))


async def main():
    idle, since = await connected(), time.monotonic()
    opened.clear()
    checks = {n[6:].replace("_", "-"): f for n, f in globals().items() if n.startswith("check_")}
    checks["idle"] = lambda: check_idle(idle, since)
    failed = 0
    for name, check in checks.items():
        try:
            await check()
            print("ok", name, flush=True)
        except Exception as err:  # whatever it is, the next check still runs
            failed = 1
            print(f"FAIL {name}: {type(err).__name__} {' '.join(str(err).split())}", flush=True)
        for client in opened:
            await client.sio.shutdown()
        opened.clear()
    await idle.sio.disconnect()
    return failed


sys.exit(asyncio.run(main()))

"""The client for programs: commands come as JSON lines on standard input, what
happens goes out as JSON lines on standard output. examples/README.md has the list.

Usage: python follow.py --url http://127.0.0.1:8080 [--transports polling,websocket] [--filter JSON]
"""

import argparse
import asyncio
import json
import sys

from skygate_aircraft import RequestError, SkygateAircraft

parser = argparse.ArgumentParser()
parser.add_argument("--url", default="http://127.0.0.1:8080")
parser.add_argument("--transports", default="polling,websocket")
parser.add_argument("--filter", default="null", type=json.loads)


def write(line):
    print(json.dumps(line), flush=True)


class Follower:
    def __init__(self, args):
        self.transports = args.transports.split(",")
        self.client = SkygateAircraft(args.url, filter=args.filter, transports=self.transports)
        self.client.on_change = self.changed
        self.client.on_event = self.happened

    def changed(self, kind, m):
        if kind == "snapshot":
            write({"event": "snapshot", "seq": m["seq"], "count": len(self.client.state)})

    def happened(self, name, *args):
        if name == "connect":
            transport = self.client.sio.transport()
            write({"event": "connected", "transport": transport})
            if transport != self.transports[0]:  # python-socketio upgrades before it connects
                write({"event": "upgraded", "transport": transport})
        elif name == "disconnect":
            write({"event": "disconnected", "reason": args[0]})
        elif name == "connect_error":
            write({"event": "connect_error", "message": args[0]})
        elif name in ("subscribed", "unsubscribed", "error"):
            write({"event": name, **args[0]})
        else:
            write({"event": "message", "name": name, "args": args})

    async def state(self):
        return {"state": self.client.state, "position": self.client.position, "stats": self.client.stats}

    async def request(self, type, params=None):
        return {"response": await self.client.request(type, params)}

    async def view(self, filter):
        await self.client.set_view(filter)

    async def subscribe(self, wish=None):
        await self.client.subscribe(wish)

    async def unsubscribe(self):
        await self.client.unsubscribe()

    async def emit(self, event, args=()):
        return {"ack": await self.client.call(event, *args)}

    async def disconnect(self):
        """As a lost connection does: it is made again."""
        if self.client.connected:
            await self.client.sio.disconnect()

    async def obey(self, cmd, id=None, **arguments):
        try:
            if cmd not in ("state", "request", "view", "subscribe", "unsubscribe", "emit", "disconnect"):
                raise RequestError("failed", f"unknown command: {cmd}")
            answer = await getattr(self, cmd)(**arguments)
        except RequestError as e:
            answer = {"error": {"code": e.code, "message": e.message}}
        if answer:
            write(answer if id is None else {**answer, "id": id})


async def main():
    follower = Follower(parser.parse_args())
    running = asyncio.create_task(follower.client.run())
    pending = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        if command["cmd"] == "quit":
            break
        task = asyncio.create_task(follower.obey(**command))
        pending.add(task)
        task.add_done_callback(pending.discard)
    await follower.client.close()
    running.cancel()


asyncio.run(main())

"""A server that keeps Skygate's contract for the aircraft topic, slow and obvious,
and that can be told to lose a message, to cut connections or to lose its memory.
"""

import asyncio
import copy

import socketio
from aiohttp import web


class FakeServer:
    def __init__(self):
        self.epoch = "e1"
        self.seq = 100
        self.state = {}  # hex -> fields
        self.parts = 1  # into how many messages a snapshot or an update is cut
        self.loses = 0  # how many of the next messages with updates get lost on their way
        self.refuses = 0  # how many of the next clients are not let in
        self.asked = []  # every subscribe that came, with the CONNECT or alone
        self.connections = set()
        self._oldest = 100  # the first seq that a resume may start from
        self._touched = {}  # hex -> seq of its last change, removed ones included
        self._wires = set()
        self._sessions = {}  # sid -> {shown, filter, view, seq}; shown: what the client should have
        self._sio = socketio.AsyncServer(async_mode="aiohttp", ping_interval=0.5, ping_timeout=0.5)
        for name, handler in {
            "connect": self._connect, "disconnect": self._disconnect, "request": self._request,
            "subscribe": self._subscribe, "unsubscribe": self._unsubscribe,
        }.items():
            self._sio.on(name, handler)

    async def start(self):
        @web.middleware
        async def remember(request, handler):
            self._wires.add(request.transport)
            return await handler(request)

        app = web.Application(middlewares=[remember])
        self._sio.attach(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"

    async def close(self):
        await self.cut()
        await self._sio.shutdown()
        await self._runner.cleanup()

    @property
    def position(self):
        return {"epoch": self.epoch, "seq": self.seq}

    async def change(self, changes):
        """One change of the topic: fields by hex, merged; None as a field removes it, None as fields the aircraft."""
        self.seq += 1
        for hex, fields in changes.items():
            self._touched[hex] = self.seq
            if fields is None:
                self.state.pop(hex, None)
            else:
                merged = {**self.state.get(hex, {}), "hex": hex, **fields}
                self.state[hex] = {k: v for k, v in merged.items() if v is not None}
        for sid, session in list(self._sessions.items()):
            await self._send(sid, self._step(session))

    async def forget(self, quietly=False):
        """What was kept is gone, as after a restart: another epoch, no way to resume."""
        self.epoch += "'"
        self.seq = self._oldest = 1
        self._touched.clear()
        for sid, session in list(self._sessions.items()):
            if quietly:
                session["seq"] = self.seq
            else:
                await self._snapshot(sid, session)

    async def cut(self):
        """Breaks every connection without a word."""
        for wire in self._wires:
            wire.abort()
        self._wires.clear()

    async def goodbye(self):
        """Ends every connection as a server does that wants no more of them."""
        for sid in list(self.connections):
            await self._sio.disconnect(sid)

    async def _connect(self, sid, environ, auth):
        if self.refuses > 0:
            self.refuses -= 1
            raise socketio.exceptions.ConnectionRefusedError("not now")
        self.connections.add(sid)
        if auth and "subscribe" in auth:
            asyncio.ensure_future(self._subscribe(sid, auth["subscribe"]))
        else:
            asyncio.get_running_loop().call_later(0.02, self._join, sid)

    def _join(self, sid):
        if sid in self.connections and sid not in self._sessions:
            asyncio.ensure_future(self._snapshot(sid, {"filter": None, "view": "None"}))

    async def _disconnect(self, sid, reason):
        self.connections.discard(sid)
        self._sessions.pop(sid, None)

    async def _unsubscribe(self, sid, m):
        self._sessions.pop(sid, None)
        answer = {"topics": ["aircraft"], "remaining": []}
        await self._sio.emit("unsubscribed", answer, to=sid)
        return answer

    async def _request(self, sid, m):
        if m["type"] == "aircraft":
            event, answer = "response", {"data": self.state.get(m["params"]["hex"]), "request_type": m["type"]}
        else:
            event, answer = "error", {"code": "unknown_request", "message": f"Unknown request type: {m['type']}"}
        answer |= {"type": event, "request_id": m["request_id"]}
        await self._sio.emit(event, answer, to=sid)
        return answer

    async def _subscribe(self, sid, wish):
        self.asked.append(wish)
        if "aircraft" not in wish["topics"]:
            return
        since = wish.get("since", {}).get("aircraft")
        old = self._sessions.get(sid)
        session = {"filter": None, **(old or {})}
        session["filter"] = wish.get("filters", {}).get("aircraft", session["filter"])
        session["view"] = str(session["filter"])
        resumed = bool(since) and since["epoch"] == self.epoch and since["view"] == session["view"] \
            and since["seq"] >= self._oldest
        answer = {"topics": ["aircraft"], "joined": ["aircraft"], "denied": None,
                  "views": {"aircraft": session["view"]}, "resumed": {"aircraft": resumed}}
        await self._sio.emit("subscribed", answer, to=sid)
        if resumed:
            await self._resume(sid, session, since)
        elif old and not since and old["view"] != session["view"]:
            self._sessions[sid] = session
            await self._send(sid, self._step(session, even_empty=True))
        else:
            await self._snapshot(sid, session)

    def _visible(self, session):
        icao, bbox = [(session["filter"] or {}).get(name) for name in ("icao", "bbox")]

        def inside(r):
            return "lat" in r and bbox["south"] <= r["lat"] <= bbox["north"] and bbox["west"] <= r["lon"] <= bbox["east"]
        return {hex: copy.copy(r) for hex, r in self.state.items()
                if (not icao or hex in icao) and (not bbox or inside(r))}

    async def _snapshot(self, sid, session):
        session |= {"seq": self.seq, "shown": self._visible(session)}
        self._sessions[sid] = session
        everything = list(session["shown"].values())
        for m in self._cut({"added": everything}, {**self.position, "view": session["view"]}):
            if m.get("part", 1) == 1:
                m = {"aircraft": m.pop("added"), "count": len(everything), **m}
                await self._sio.emit("aircraft:snapshot", m, to=sid)
            else:
                await self._sio.emit("aircraft:update", {"type": "delta", **m}, to=sid)

    def _cut(self, lists, position):
        """The messages for some lists, of which only the last has the position."""
        if self.parts == 1:
            return [{**lists, **position}]

        def some(part):
            return {k: v[len(v) * part // self.parts:len(v) * (part + 1) // self.parts] for k, v in lists.items()}
        messages = [{**some(part), "part": part + 1, "parts": self.parts} for part in range(self.parts)]
        messages[-1] |= position
        return messages

    async def _resume(self, sid, session, since):
        visible = self._visible(session)
        touched = [hex for hex, seq in self._touched.items() if seq > since["seq"]]
        session |= {"seq": self.seq, "shown": visible}
        self._sessions[sid] = session
        if not touched:
            session["seq"] = since["seq"]  # and there is nothing to tell
            return
        await self._send(sid, self._update(
            since["seq"], session,
            added=[visible[hex] for hex in touched if hex in visible], updated=[],
            removed=[hex for hex in touched if hex not in visible]))

    def _step(self, session, even_empty=False):
        """The session's next update, or None when nothing in its view changed."""
        before, now = session["shown"], self._visible(session)
        added = [r for hex, r in now.items() if hex not in before]
        updated = [_difference(before[hex], r) for hex, r in now.items() if hex in before and before[hex] != r]
        removed = [hex for hex in before if hex not in now]
        if not (even_empty or added or updated or removed):
            return None
        base = session["seq"]
        session |= {"seq": self.seq, "shown": now}
        return self._update(base, session, added=added, updated=updated, removed=removed)

    def _update(self, base, session, **lists):
        return self._cut(lists, {"epoch": self.epoch, "base": base, "seq": session["seq"], "view": session["view"]})

    async def _send(self, sid, messages):
        for m in messages or ():
            if self.loses > 0:
                self.loses -= 1
            else:
                await self._sio.emit("aircraft:update", {"type": "delta", **m}, to=sid)


def _difference(before, after):
    names = {**before, **after}
    return {"hex": after["hex"]} | {k: after.get(k) for k in names if before.get(k) != after.get(k)}

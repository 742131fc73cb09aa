import asyncio, sys, socketio
sio, aircraft, at = socketio.AsyncClient(reconnection_delay_max=30), {}, {}  # at: the place in the stream; empty while it waits for a snapshot
async def ask(): at.clear(); await sio.emit("subscribe", {"topics": ["aircraft"], "legacy": False})
def take(m):
    for hex in list(aircraft) if "aircraft" in m else m.get("removed", []): aircraft.pop(hex, None)  # a snapshot replaces everything
    for a in m.get("aircraft") or m.get("added", []): aircraft[a["hex"]] = a
    for a in m.get("updated", []): aircraft[a["hex"]] = {k: v for k, v in {**aircraft.get(a["hex"], {}), **a}.items() if v is not None}
    at.update({k: m[k] for k in ("epoch", "seq") if k in m}, part=0 if "epoch" in m else m["part"]); print(len(aircraft), "aircraft")
async def update(m):
    follows = "epoch" not in m or "epoch" not in at or (m["epoch"], m["base"]) == (at["epoch"], at["seq"])  # of what comes in parts only the last has a place
    if at and follows and m.get("part", 1) == at["part"] + 1: take(m)
    elif at and (m.get("epoch") != at.get("epoch") or m.get("seq", 0) > at.get("seq", 0)): await ask()  # something is missing: begin anew
sio.on("connect", ask); [sio.on(name, lambda e=None: print(e, file=sys.stderr)) for name in ("error", "connect_error")]; sio.on("aircraft:snapshot", lambda m: (at.clear(), take(m))); sio.on("aircraft:update", update)
async def main(): await sio.connect(sys.argv[1] if sys.argv[1:] else "http://127.0.0.1:8080", retry=True); await sio.wait()  # with a key: auth={"token": "sk_.."}, too
asyncio.run(main())

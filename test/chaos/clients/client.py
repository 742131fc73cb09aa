"""What client.mjs does, with python-socketio."""

import asyncio
import json
import sys

import socketio

clients = {}


def say(name, event, data=""):
    sys.stdout.write(json.dumps({"name": name, "event": event, "data": data}) + "\n")
    sys.stdout.flush()


async def connect(name, url):
    before = clients.pop(name, None)
    if before:
        before.gone = True
        await before.disconnect()
    sio = socketio.AsyncClient(reconnection=False)
    sio.gone = False
    clients[name] = sio
    sio.on("connect", lambda: say(name, "connect"))
    sio.on("disconnect", lambda reason=None: sio.gone or say(name, "disconnect", str(reason)))
    sio.on("*", lambda event, data=None: sio.gone or say(name, event, data))
    try:
        await sio.connect(url, transports=["websocket"], auth={"subscribe": {"topics": []}}, wait_timeout=3)
    except Exception as e:  # whatever it is, another address is tried
        say(name, "connect_error", repr(e))


async def emit(name, event, data):
    def ack(answer=None):
        say(name, "ack", {"of": event, "id": data.get("request_id", data.get("timestamp")), "ack": answer})

    try:
        await clients[name].emit(event, data, callback=ack)
    except socketio.exceptions.SocketIOError:
        pass  # it is no longer connected, which it tells by itself


async def main():
    reader = asyncio.StreamReader(limit=1 << 24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    tasks = set()
    while line := await reader.readline():
        told = json.loads(line)
        work = connect(told["name"], told["open"]) if "open" in told else emit(told["name"], told["emit"], told["data"])
        tasks.add(task := asyncio.create_task(work))
        task.add_done_callback(tasks.discard)
    for sio in clients.values():
        sio.gone = True
        await sio.disconnect()


asyncio.run(main())

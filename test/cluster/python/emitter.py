"""python-socketio's RedisManager, which serves nobody, told what to do over HTTP."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qsl, urlsplit

import socketio

manager = socketio.RedisManager(f"redis://127.0.0.1:{os.environ['REDIS_PORT']}/0", write_only=True)


def several(names):
    """One room as text, several as a list."""
    names = names.split(",") if names else []
    return names if len(names) > 1 else (names[0] if names else None)


def whom(q):
    return {"namespace": q.get("nsp"), "room": several(q.get("room")), "skip_sid": several(q.get("except"))}


def emit(q):
    manager.emit(q["ev"], q.get("msg"), **whom(q))


def emitbin(q):
    manager.emit("bin", (bytes([1, 2, 3]), {"in": [bytes([255])]}, q.get("msg")), **whom(q))


def join(q):
    manager.enter_room(q["sid"], q.get("nsp", "/"), q["to"])


def leave(q):
    manager.leave_room(q["sid"], q.get("nsp", "/"), q["to"])


def close(q):
    tell({"method": "close_room", "room": q["room"], "namespace": q.get("nsp", "/")})


def kick(q):
    tell({"method": "disconnect", "sid": q["sid"], "namespace": q.get("nsp", "/")})


def tell(message):
    """What a manager of a server publishes: one without a server fails before that."""
    manager._publish({**message, "host_id": manager.host_id})


class Control(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlsplit(self.path)
        out = None
        try:
            globals()[url.path[1:]](dict(parse_qsl(url.query)))
        except Exception as err:
            out = {"error": repr(err)}
        body = json.dumps({"out": out}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", int(os.environ["CTL_PORT"])), Control)
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("ready", os.getpid(), flush=True)
server.serve_forever()

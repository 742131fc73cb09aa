"""A back end in Python that tells something to all clients of a topic, whichever process
they are at: python emit.py [redis://HOST:PORT] [TOPIC] [JSON]   (pip install python-socketio redis)"""
import asyncio
import json
import sys

import socketio

url, topic, data = (sys.argv[1:] + ["redis://127.0.0.1:6379", "aircraft", '{"text": "hello"}'][len(sys.argv) - 1:])[:3]


async def main():
    manager = socketio.AsyncRedisManager(url, write_only=True)
    await manager.emit("custom:event", json.loads(data), room=f"topic_{topic}")


asyncio.run(main())

"""Prints once a second how many aircraft there are and how fast they change.

Usage: python watch.py [url [filter]], such as '{"bbox": {"north": 51, "south": 49, "east": 10, "west": 7}}'
"""

import asyncio
import json
import sys

from skygate_aircraft import SkygateAircraft


async def main(url="http://127.0.0.1:8080", filter="null"):
    client = SkygateAircraft(url, filter=json.loads(filter))
    counts = {"messages": 0, "changes": 0}

    def changed(kind, m):
        counts["messages"] += 1
        if kind == "delta":
            counts["changes"] += sum(len(m.get(name, ())) for name in ("added", "updated", "removed"))

    def happened(name, *args):
        if name == "error":
            print("refused:", args[0]["message"])
        if name == "disconnect":
            print("disconnected:", *args)
        if name == "connect_error":
            print(f"cannot connect to {url}:", *args)

    client.on_change, client.on_event = changed, happened
    running = asyncio.create_task(client.run())
    while not running.done():
        await asyncio.sleep(1)
        if client.connected:
            print(f"{len(client.state)} aircraft, {counts['messages']} messages/s, "
                  f"{counts['changes']} changes/s, {client.stats['holes']} holes")
            counts.update(messages=0, changes=0)


asyncio.run(main(*sys.argv[1:]))

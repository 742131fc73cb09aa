"""The client against a server that loses messages, connections and its memory."""

import asyncio
import contextlib
import json
import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(FOLDER), str(FOLDER / "test")]

from fake_server import FakeServer  # noqa: E402

from skygate_aircraft import RequestError, SkygateAircraft  # noqa: E402


async def until(condition, what=""):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.002)


class TestClient(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = FakeServer()
        await self.server.start()
        await self.server.change({"A1": {"flight": "DLH4", "gs": 400}, "B2": {"lat": 1, "lon": 2}, "C3": {}})
        self.client = None

    async def asyncTearDown(self):
        if self.client:
            await self.client.close()
            await self.running
        await self.server.close()

    def connect(self, **options):
        options = {"transports": ["websocket"], "reconnection_delay": 0.01, **options}
        self.client = SkygateAircraft(self.server.url, **options)
        self.running = asyncio.create_task(self.client.run())
        return self.client

    async def until_equal(self):
        """The client stands at the server's present and has the same aircraft."""
        def same_place():
            at = self.client.position
            return at and {"epoch": at["epoch"], "seq": at["seq"]} == self.server.position
        await until(same_place)
        await until(lambda: self.client.state == self.server.state)

    async def test_follows_over_each_transport(self):
        for transports in (["websocket"], ["polling"], ["polling", "websocket"]):
            with self.subTest(transports=transports):
                client = self.connect(transports=transports)
                await self.until_equal()
                await self.server.change({"A1": {"gs": 410, "flight": None}, "B2": None, "D4": {"lat": 3}})
                await self.server.change({"A1": {"track": 90}, "B2": {}})
                await self.until_equal()
                self.assertEqual((client.stats["snapshots"], client.stats["deltas"], client.stats["holes"]), (1, 2, 0))
                await client.close()
                await self.running

    async def test_asks_for_the_aircraft_alone(self):
        self.connect(wish={"rate": {"aircraft": 1}})
        await self.until_equal()
        asked = {"rate": {"aircraft": 1}, "topics": ["aircraft"], "legacy": False}
        self.assertEqual(self.server.asked, [{"topics": []}, asked])

    async def test_lost_update_is_one_hole_filled_by_a_resume(self):
        client = self.connect()
        await self.until_equal()
        before = client.position
        self.server.loses = 1
        await self.server.change({"A1": {"gs": 1}, "C3": None})
        await self.server.change({"B2": {"lat": 2}})
        await self.server.change({"B2": {"lat": 3}})
        await self.until_equal()
        self.assertEqual((client.stats["holes"], client.stats["resumes"], client.stats["snapshots"]), (1, 1, 1))
        self.assertEqual(self.server.asked[-1]["since"], {"aircraft": before})
        await self.server.change({"A1": {"gs": 2}})
        await self.until_equal()

    async def test_holes_without_end(self):
        client = self.connect()
        await self.until_equal()
        for i in range(60):
            if i % 3 == 0:
                self.server.loses = 1
            await self.server.change({"A1": {"gs": i}, f"X{i % 7}": {"lat": i} if i % 5 else None})
            await asyncio.sleep(0)
        self.server.loses = 0
        await self.server.change({"A1": {"gs": -1}})
        await self.until_equal()
        self.assertGreater(client.stats["holes"], 0)

    async def test_cut_connection_goes_on_where_it_was(self):
        client = self.connect()
        await self.until_equal()
        await self.server.cut()
        await until(lambda: not client.connected)
        await self.server.change({"A1": {"gs": 2}, "B2": None})
        await self.until_equal()
        self.assertEqual((client.stats["connects"], client.stats["snapshots"], client.stats["resumes"]), (2, 1, 1))

    async def test_goodbye_is_no_end(self):
        client = self.connect()
        await self.until_equal()
        await self.server.goodbye()
        await until(lambda: client.stats["connects"] == 2)
        await self.until_equal()

    async def test_refusal_is_no_end(self):
        self.server.refuses = 2
        client = self.connect()
        errors = []
        client.on_event = lambda name, *args: name == "connect_error" and errors.append(args)
        await self.until_equal()
        self.assertGreaterEqual(len(errors), 2)

    async def test_server_that_lost_its_memory_sends_a_snapshot(self):
        client = self.connect()
        await self.until_equal()
        await self.server.forget()
        await self.server.change({"A1": {"gs": 2}})
        await self.until_equal()
        await self.server.cut()
        await until(lambda: not client.connected)
        await self.server.forget()
        await self.until_equal()
        self.assertEqual((client.stats["snapshots"], client.stats["holes"]), (3, 0))

    async def test_another_epoch_without_a_snapshot_is_a_hole(self):
        client = self.connect()
        await self.until_equal()
        await self.server.forget(quietly=True)
        await self.server.change({"A1": {"gs": 2}})
        await self.until_equal()
        self.assertEqual((client.stats["holes"], client.stats["snapshots"], client.stats["resumes"]), (1, 2, 0))

    async def test_snapshots_updates_and_resumes_in_parts(self):
        self.server.parts = 3
        client = self.connect()
        seen = []
        client.on_change = lambda kind, m: seen.append((kind, *(len(m[k]) for k in ("added", "updated", "removed"))))
        await self.until_equal()
        await self.server.change({"A1": {"gs": 2}, "B2": None, "C3": {"gs": 3}, "D4": {}, "E5": {}})
        await self.until_equal()
        self.assertEqual(seen, [("snapshot", 3, 0, 0), ("delta", 2, 2, 1)])
        self.assertEqual(client.stats, dict(connects=1, snapshots=1, deltas=1, parts=4, ignored=0, holes=0, resumes=0))
        self.server.loses = 1
        await self.server.change({"A1": {"gs": 3}})
        await self.until_equal()
        self.assertEqual(client.stats["resumes"], 1)
        await self.server.cut()
        await until(lambda: not client.connected)
        await self.server.change({"A1": None, "C3": {"gs": 4}})
        await self.until_equal()
        self.assertEqual((client.stats["resumes"], client.stats["snapshots"]), (2, 1))

    async def test_another_view_begins_with_the_difference_and_is_kept_over_a_cut(self):
        await self.server.change({"A1": {"lat": 50, "lon": 8}, "C3": {"lat": 60, "lon": 8}})
        client = self.connect(filter={"bbox": {"north": 51, "south": 49, "east": 10, "west": 7}})
        await until(lambda: list(client.state) == ["A1"])
        await client.set_view({"bbox": {"north": 61, "south": 59, "east": 10, "west": 7}})
        await until(lambda: list(client.state) == ["C3"])
        self.assertEqual((client.stats["snapshots"], client.stats["deltas"]), (1, 1))
        self.assertNotIn("since", self.server.asked[-1])
        await self.server.change({"A1": {"lat": 60}, "C3": {"lat": 50}})
        await until(lambda: list(client.state) == ["A1"])
        await self.server.cut()
        await until(lambda: client.stats["connects"] == 2 and client.stats["resumes"] == 1)
        bbox = {"north": 61, "south": 59, "east": 10, "west": 7}
        self.assertEqual(self.server.asked[-1]["filters"], {"aircraft": {"bbox": bbox}})
        await client.set_view(None)
        await self.until_equal()
        self.assertEqual(client.stats["snapshots"], 1)

    async def test_view_that_changes_while_the_connection_is_down_begins_with_a_snapshot(self):
        client = self.connect(filter={"icao": ["A1"]})
        await until(lambda: len(client.state) == 1)
        await self.server.cut()
        await until(lambda: not client.connected)
        await client.set_view({"icao": ["B2", "C3"]})
        await until(lambda: client.stats["snapshots"] == 2)
        self.assertEqual(list(client.state), ["B2", "C3"])
        self.assertEqual((client.stats["resumes"], client.stats["holes"]), (0, 0))

    async def test_between_unsubscribe_and_subscribe_it_stands_still(self):
        client = self.connect()
        await self.until_equal()
        events = []
        client.on_event = lambda name, *args: events.append(name)
        await client.unsubscribe()
        await until(lambda: "unsubscribed" in events)
        before = client.position
        await self.server.change({"A1": {"gs": 2}})
        await self.server.cut()
        await until(lambda: client.stats["connects"] == 2 and len(self.server.asked) == 3)
        self.assertEqual(self.server.asked[-1], {"topics": []})
        self.assertEqual(client.position, before)
        await client.subscribe()
        await self.until_equal()
        self.assertEqual(client.stats["resumes"], 1)

    async def test_request(self):
        client = self.connect()
        with self.assertRaises(RequestError) as e:
            await client.request("aircraft")
        self.assertEqual(e.exception.code, "no_answer")
        await self.until_equal()
        self.assertEqual(await client.request("aircraft", {"hex": "B2"}), {"hex": "B2", "lat": 1, "lon": 2})
        self.assertIsNone(await client.request("aircraft", {"hex": "nobody"}))
        with self.assertRaises(RequestError) as e:
            await client.request("nonsense")
        self.assertEqual((e.exception.code, str(e.exception)), ("unknown_request", "Unknown request type: nonsense"))

    async def test_on_change_comes_after_each_change(self):
        client = self.connect()
        seen = []
        client.on_change = lambda kind, m: seen.append((kind, m["seq"], client.position["seq"], len(client.state)))
        await self.until_equal()
        await self.server.change({"E5": {}})
        await self.until_equal()
        self.assertEqual(seen, [("snapshot", 101, 101, 3), ("delta", 102, 102, 4)])

    async def test_minimal_gets_holes_right(self):
        # The program as it stands, and a thread that shows its dict.
        show = (
            "import json, threading, time\n"
            "def show():\n"
            "    while True:\n"
            "        time.sleep(0.005)\n"
            "        if 'at' in globals(): print(json.dumps([list(aircraft.values()), at]), flush=True)\n"
            "threading.Thread(target=show, daemon=True).start()\n"
        )
        source = show + (FOLDER / "minimal.py").read_text(encoding="utf-8")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", source, self.server.url,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL)
        latest = [[], {}]

        async def read():
            async for line in child.stdout:
                if line.startswith(b"["):
                    latest[:] = json.loads(line)

        reading = asyncio.create_task(read())

        async def equal():
            await until(lambda: latest[1] == {**self.server.position, "part": 0})
            self.assertEqual({a["hex"]: a for a in latest[0]}, self.server.state)

        try:
            await equal()
            await self.server.change({"A1": {"gs": 2, "flight": None}, "B2": None, "D4": {}})
            await equal()
            self.server.loses = 1
            await self.server.change({"A1": {"gs": 3}, "C3": None})
            await self.server.change({"D4": {"lat": 1}})
            await equal()
            self.server.parts = 2
            await self.server.forget(quietly=True)
            await self.server.change({"A1": {"gs": 4}})
            await equal()
            await self.server.change({"A1": {"gs": 5, "lat": 1}, "D4": None, "E5": {}, "F6": {}})
            await equal()
            self.server.loses = 1  # the first of two parts
            await self.server.change({"A1": {"gs": 6}, "E5": {"gs": 1}})
            await self.server.change({"A1": {"lat": None}, "E5": {"gs": None}, "F6": None})
            await equal()
            await self.server.cut()
            await until(lambda: not self.server.connections)
            await self.server.change({"A1": None})
            await equal()
        finally:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()
            await reading


if __name__ == "__main__":
    unittest.main()

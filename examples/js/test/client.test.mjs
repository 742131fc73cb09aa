// The client against a server that loses messages, connections and its memory.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";

import { SkygateAircraft } from "../skygate-aircraft.mjs";
import { FakeServer } from "./fake-server.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));
let server;
let client;

beforeEach(async () => {
  server = await FakeServer.start();
  server.change({ A1: { flight: "DLH4", gs: 400 }, B2: { lat: 1, lon: 2 }, C3: {} });
});

afterEach(async () => {
  client?.close();
  client = undefined;
  await server.close();
});

function connect(options) {
  client = new SkygateAircraft(server.url, { transports: ["websocket"], reconnectionDelay: 10, ...options });
  return client;
}

async function until(condition, what = condition.toString()) {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const pick = (position) => position && { epoch: position.epoch, seq: position.seq };

// The client stands at the server's present and has the same aircraft.
async function untilEqual() {
  await until(() => isDeepStrictEqual(pick(client.position), server.position));
  await until(() => isDeepStrictEqual(Object.fromEntries(client.state), server.state));
}

for (const transports of [["websocket"], ["polling"], ["polling", "websocket"]]) {
  test(`follows from a snapshot on, over ${transports}`, async () => {
    connect({ transports });
    await untilEqual();
    server.change({ A1: { gs: 410, flight: null }, B2: null, D4: { lat: 3 } });
    server.change({ A1: { track: 90 } });
    await untilEqual();
    assert.equal(client.stats.snapshots, 1);
    assert.equal(client.stats.deltas, 2);
    assert.equal(client.stats.holes, 0);
  });
}

test("asks for the aircraft alone, without legacy events", async () => {
  connect({ wish: { rate: { aircraft: 1 } } });
  await untilEqual();
  assert.deepEqual(server.asked, [{ topics: [] }, { rate: { aircraft: 1 }, topics: ["aircraft"], legacy: false }]);
});

test("a lost update is one hole, filled by a resume", async () => {
  connect();
  await untilEqual();
  const before = client.position;
  server.loses = 1;
  server.change({ A1: { gs: 1 }, C3: null });
  server.change({ B2: { lat: 2 } });
  server.change({ B2: { lat: 3 } });
  await untilEqual();
  assert.equal(client.stats.holes, 1);
  assert.equal(client.stats.resumes, 1);
  assert.equal(client.stats.snapshots, 1);
  assert.deepEqual(server.asked.at(-1).since, { aircraft: before });
  server.change({ A1: { gs: 2 } });
  await untilEqual();
});

test("holes without end: every third update is lost", async () => {
  connect();
  await untilEqual();
  for (let i = 0; i < 60; i++) {
    if (i % 3 === 0) server.loses = 1;
    server.change({ A1: { gs: i }, [`X${i % 7}`]: i % 5 ? { lat: i } : null });
    await new Promise(setImmediate);
  }
  server.change({ A1: { gs: -1 } });
  await untilEqual();
  assert.ok(client.stats.holes > 0);
});

test("a cut connection goes on where it was", async () => {
  connect();
  await untilEqual();
  server.cut();
  await until(() => !client.socket.connected);
  server.change({ A1: { gs: 2 }, B2: null });
  await untilEqual();
  assert.equal(client.stats.connects, 2);
  assert.equal(client.stats.snapshots, 1);
  assert.equal(client.stats.resumes, 1);
});

test("a goodbye of the server is no end", async () => {
  connect();
  await untilEqual();
  server.goodbye();
  await until(() => client.stats.connects === 2);
  await untilEqual();
});

test("a refusal is no end", async () => {
  server.refuse(2);
  connect();
  await untilEqual();
});

test("a server that lost its memory sends a snapshot, also over a cut", async () => {
  connect();
  await untilEqual();
  server.forget();
  server.change({ A1: { gs: 2 } });
  await untilEqual();
  server.cut();
  await until(() => !client.socket.connected);
  server.forget();
  await untilEqual();
  assert.equal(client.stats.snapshots, 3);
  assert.equal(client.stats.holes, 0);
});

test("another epoch without a snapshot is a hole", async () => {
  connect();
  await untilEqual();
  server.forget({ quietly: true });
  server.change({ A1: { gs: 2 } });
  await untilEqual();
  assert.equal(client.stats.holes, 1);
  assert.equal(client.stats.snapshots, 2);
  assert.equal(client.stats.resumes, 0);
});

test("snapshots, updates and resumes in parts", async () => {
  server.parts = 3;
  connect();
  const seen = [];
  client.onChange = (kind, m) => seen.push([kind, m.added?.length, m.updated?.length, m.removed?.length]);
  await untilEqual();
  server.change({ A1: { gs: 2 }, B2: null, C3: { gs: 3 }, D4: {}, E5: {} });
  await untilEqual();
  assert.deepEqual(seen, [["snapshot", 3, 0, 0], ["delta", 2, 2, 1]]);
  assert.deepEqual({ ...client.stats }, { connects: 1, snapshots: 1, deltas: 1, parts: 4, ignored: 0, holes: 0, resumes: 0 });
  server.loses = 1;
  server.change({ A1: { gs: 3 } });
  await untilEqual();
  assert.equal(client.stats.resumes, 1);
  server.cut();
  await until(() => !client.socket.connected);
  server.change({ A1: null, C3: { gs: 4 } });
  await untilEqual();
  assert.deepEqual([client.stats.resumes, client.stats.snapshots], [2, 1]);
});

test("another view begins with the difference, and is kept over a cut", async () => {
  server.change({ A1: { lat: 50, lon: 8 }, C3: { lat: 60, lon: 8 } });
  connect({ filter: { bbox: { north: 51, south: 49, east: 10, west: 7 } } });
  await until(() => client.state.size === 1 && client.state.has("A1"));
  client.setView({ bbox: { north: 61, south: 59, east: 10, west: 7 } });
  await until(() => client.state.size === 1 && client.state.has("C3"));
  assert.deepEqual([client.stats.snapshots, client.stats.deltas], [1, 1]);
  assert.equal(server.asked.at(-1).since, undefined);
  server.change({ A1: { lat: 60 }, C3: { lat: 50 } });
  await until(() => client.state.size === 1 && client.state.has("A1"));
  server.cut();
  await until(() => client.stats.connects === 2 && client.stats.resumes === 1);
  assert.deepEqual(server.asked.at(-1).filters, { aircraft: { bbox: { north: 61, south: 59, east: 10, west: 7 } } });
  client.setView(null);
  await untilEqual();
  assert.equal(client.stats.snapshots, 1);
});

test("a view that changes while the connection is down begins with a snapshot", async () => {
  connect({ filter: { icao: ["A1"] } });
  await until(() => client.state.size === 1);
  server.cut();
  await until(() => !client.socket.connected);
  client.setView({ icao: ["B2", "C3"] });
  await until(() => client.stats.snapshots === 2);
  assert.deepEqual([...client.state.keys()], ["B2", "C3"]);
  assert.deepEqual([client.stats.resumes, client.stats.holes], [0, 0]);
});

test("between unsubscribe and subscribe it stands still, over a cut too", async () => {
  connect();
  await untilEqual();
  client.unsubscribe();
  await once(client.socket, "unsubscribed");
  const before = client.position;
  server.change({ A1: { gs: 2 } });
  server.cut();
  await until(() => client.stats.connects === 2 && server.asked.length === 3);
  assert.deepEqual(server.asked.at(-1), { topics: [] });
  assert.deepEqual(client.position, before);
  client.subscribe();
  await untilEqual();
  assert.equal(client.stats.resumes, 1);
});

test("a request resolves to its data or rejects with the server's code", async () => {
  connect();
  assert.deepEqual(await client.request("aircraft", { hex: "B2" }), { hex: "B2", lat: 1, lon: 2 });
  assert.equal(await client.request("aircraft", { hex: "nobody" }), null);
  await assert.rejects(client.request("nonsense"), { code: "unknown_request", message: "Unknown request type: nonsense" });
  const silent = assert.rejects(client.request("silent"), { code: "no_answer" });
  client.close();
  await silent;
});

test("onChange is called after each change of the picture", async () => {
  connect();
  const seen = [];
  client.onChange = (kind, m) => seen.push([kind, m.seq, client.position.seq, client.state.size]);
  await untilEqual();
  server.change({ E5: {} });
  await untilEqual();
  assert.deepEqual(seen, [["snapshot", 101, 101, 3], ["delta", 102, 102, 4]]);
});

test("minimal.mjs gets holes right", async () => {
  // The program as it stands, and a line that shows its map.
  const show = "\nsetInterval(() => console.log(JSON.stringify({ aircraft: [...aircraft.values()], at })), 5);";
  const child = spawn(process.execPath, ["--input-type=module", "-", server.url], { cwd: folder });
  child.stdin.end(readFileSync(new URL("../minimal.mjs", import.meta.url), "utf8") + show);
  let latest = {};
  createInterface({ input: child.stdout }).on("line", (line) => line.startsWith("{") && (latest = JSON.parse(line)));
  const equal = async () => {
    await until(() => isDeepStrictEqual(latest.at, server.position));
    assert.deepEqual(Object.fromEntries(latest.aircraft.map((a) => [a.hex, a])), server.state);
  };
  try {
    await equal();
    server.change({ A1: { gs: 2, flight: null }, B2: null, D4: {} });
    await equal();
    server.loses = 1;
    server.change({ A1: { gs: 3 }, C3: null });
    server.change({ D4: { lat: 1 } });
    await equal();
    server.parts = 2;
    server.forget({ quietly: true });
    server.change({ A1: { gs: 4 } });
    await equal();
    server.change({ A1: { gs: 5, lat: 1 }, D4: null, E5: {}, F6: {} });
    await equal();
    server.loses = 1; // the first of two parts
    server.change({ A1: { gs: 6 }, E5: { gs: 1 } });
    server.change({ A1: { lat: null }, E5: { gs: null }, F6: null });
    await equal();
    server.cut();
    await until(() => server.sessions === 0);
    server.change({ A1: null });
    await equal();
  } finally {
    child.kill();
  }
});

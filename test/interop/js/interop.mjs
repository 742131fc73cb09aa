// What socket.io-client must find at a server: interop.mjs URL websocket|polling|upgrade.
// One line per check, "ok NAME" or "FAIL NAME: WHY"; exits with 1 when one failed.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";

const [url, mode] = process.argv.slice(2);
const transports = { websocket: ["websocket"], polling: ["polling"], upgrade: ["polling", "websocket"] }[mode];
const patience = 15_000; // ms
const values = [1, -2.5, "é😀", { a: [null, true, { deep: "x" }] }, []];

const opened = [];
function open(namespace = "/", options = {}) {
  const socket = io(url + namespace, { transports, forceNew: true, reconnection: false, ...options });
  opened.push(socket);
  return socket;
}

// next gives the arguments of the event's next occurrence.
function next(socket, event) {
  return new Promise((done, failed) => {
    const timer = setTimeout(() => failed(new Error(`no ${event} came`)), patience);
    socket.once(event, (...args) => {
      clearTimeout(timer);
      done(args);
    });
  });
}

async function connected(namespace, options) {
  const socket = open(namespace, options);
  await Promise.all([next(socket, "auth"), mode === "upgrade" && upgraded(socket)]);
  return socket;
}

async function upgraded(socket) {
  await next(socket, "connect");
  const engine = socket.io.engine;
  if (engine.transport.name !== "websocket") await next(engine, "upgrade");
}

const wanted = { websocket: "websocket", polling: "polling", upgrade: "websocket" }[mode];

const checks = {
  async "auth"() {
    const auth = { token: "é", list: [1, { a: null }] };
    assert.deepEqual(await next(open("/", { auth }), "auth"), [auth]);
  },
  async "auth-none"() {
    assert.deepEqual(await next(open(), "auth"), [{}]);
  },
  async "namespace"() {
    const auth = { who: "custom" };
    assert.deepEqual(await next(open("/custom", { auth }), "auth"), [auth]);
  },
  async "namespace-shared"() {
    const root = await connected();
    const custom = root.io.socket("/custom");
    opened.push(custom);
    await next(custom, "auth");
    custom.emit("message", "custom");
    assert.deepEqual(await next(custom, "message-back"), ["custom"]);
    root.emit("message", "root");
    assert.deepEqual(await next(root, "message-back"), ["root"]);
  },
  async "namespace-dynamic"() {
    assert.deepEqual(await next(open("/dyn-101"), "auth"), [{ nsp: "/dyn-101" }]);
  },
  async "namespace-unknown"() {
    const [err] = await next(open("/nowhere"), "connect_error");
    assert.equal(err.message, "Invalid namespace");
  },
  async "denied"() {
    const [err] = await next(open("/denied"), "connect_error");
    assert.equal(err.message, "nope");
    assert.deepEqual(err.data, { code: 401 });
  },
  async "transport"() {
    const socket = await connected();
    const info = await socket.timeout(patience).emitWithAck("info");
    assert.equal(info.transport, wanted);
    assert.equal(info.recovered, false);
    assert.deepEqual(info.rooms, [socket.id]);
  },
  async "event"() {
    const socket = await connected();
    socket.emit("message", ...values);
    assert.deepEqual(await next(socket, "message-back"), values);
    socket.emit("message");
    assert.deepEqual(await next(socket, "message-back"), []);
  },
  async "ack-from-server"() {
    const socket = await connected();
    assert.deepEqual(await new Promise((done) => socket.emit("message-with-ack", ...values, (...back) => done(back))), values);
  },
  async "ack-from-client"() {
    const socket = await connected("/custom");
    socket.on("question", (...args) => args.pop()(...args.reverse(), "answered"));
    socket.emit("ask-me", ...values);
    assert.deepEqual(await next(socket, "ack-result"), [...values].reverse().concat("answered"));
  },
  async "binary-from-server"() {
    const socket = await connected();
    socket.emit("send-binary");
    const want = { buf: Buffer.from([1, 2, 3]), list: [Buffer.from([255, 0, 128])], s: "é😀" };
    assert.deepEqual(await next(socket, "binary"), [want]);
  },
  async "binary-from-client"() {
    const socket = await connected("/custom");
    const args = [Buffer.from([0, 1, 255]), { deep: [Buffer.alloc(0), Buffer.alloc(70_000, 7)] }, "text"];
    socket.emit("message", ...args);
    assert.deepEqual(await next(socket, "message-back"), args);
    assert.deepEqual(await new Promise((done) => socket.emit("message-with-ack", ...args, (...back) => done(back))), args);
  },
  async "large"() {
    const socket = await connected();
    const text = "é".repeat(100_000);
    socket.emit("message", text);
    assert.deepEqual(await next(socket, "message-back"), [text]);
  },
  async "order"() {
    const socket = await connected();
    const came = [];
    const all = new Promise((done) => socket.on("seq-back", (i) => came.push(i) === 1000 && done()));
    for (let i = 0; i < 1000; i++) socket.emit("seq", i);
    await Promise.race([all, sleep(patience, undefined, { ref: false })]);
    assert.deepEqual(came, Array.from({ length: 1000 }, (_, i) => i));
  },
  async "burst"() {
    const socket = await connected();
    const came = [];
    const all = new Promise((done) => socket.on("b", (i) => came.push(i) === 300 && done()));
    socket.emit("bburst", 300, 100);
    await Promise.race([all, sleep(patience, undefined, { ref: false })]);
    assert.deepEqual(came, Array.from({ length: 300 }, (_, i) => i));
  },
  async "room"() {
    const [a, b] = [await connected(), await connected()];
    const room = `room-${mode}`;
    await a.timeout(patience).emitWithAck("join", room);
    const outside = [];
    b.on("room-msg", (msg) => outside.push(msg));
    b.emit("to-room", room, "in");
    assert.deepEqual(await next(a, "room-msg"), ["in"]);
    await a.timeout(patience).emitWithAck("leave", room);
    a.on("room-msg", (msg) => outside.push(msg));
    b.emit("to-room", room, "gone");
    await b.timeout(patience).emitWithAck("info");
    await a.timeout(patience).emitWithAck("info");
    assert.deepEqual(outside, []);
  },
  async "server-disconnects-socket"() {
    const root = await connected();
    const custom = root.io.socket("/custom");
    opened.push(custom);
    await next(custom, "auth");
    custom.emit("disconnect-me", false);
    assert.equal((await next(custom, "disconnect"))[0], "io server disconnect");
    root.emit("message", "still here");
    assert.deepEqual(await next(root, "message-back"), ["still here"]);
  },
  async "server-disconnects-connection"() {
    const socket = await connected("/", { reconnection: true });
    socket.emit("disconnect-me", true);
    assert.equal((await next(socket, "disconnect"))[0], "io server disconnect");
    assert.equal(socket.active, false);
  },
  async "client-disconnects"() {
    const socket = await connected();
    const gone = next(socket, "disconnect");
    socket.disconnect();
    assert.equal((await gone)[0], "io client disconnect");
  },
  async "reconnects"() {
    const socket = await connected("/", { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 50 });
    const before = socket.id;
    const again = next(socket, "disconnect").then(([reason]) => {
      assert.equal(reason, "transport close");
      return next(socket, "auth");
    });
    socket.emit("close-transport");
    await again;
    assert.notEqual(socket.id, before);
    socket.emit("message", "again");
    assert.deepEqual(await next(socket, "message-back"), ["again"]);
  },
};

// Through all of it a connection stays that says nothing but pongs.
const idle = await connected();
opened.length = 0;
const since = performance.now();
let gone;
idle.on("disconnect", (reason) => { gone = reason; });
checks["idle"] = async () => {
  await sleep(Math.max(0, 4000 - (performance.now() - since)));
  assert.equal(gone, undefined);
  idle.emit("message", "here");
  assert.deepEqual(await next(idle, "message-back"), ["here"]);
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (err) {
    failed = 1;
    console.log(`FAIL ${name}: ${String(err.message).replaceAll(/\s+/g, " ")}`);
  }
  for (const socket of opened.splice(0)) socket.disconnect();
}
idle.disconnect();
process.exit(failed);

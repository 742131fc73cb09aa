// Official JavaScript clients that do what they are told by lines of JSON, and tell all
// that they get. They know nothing of the contract: chaos_test.go does.
//
//   → {name, open: url}          connects, after letting go of another connection
//   → {name, emit: event, data}  sends an event; the acknowledgement comes as "ack"
//   ← {name, event, data}        "connect", "disconnect" and "connect_error" among them

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../../examples/js/package.json", import.meta.url));
const { io } = require("socket.io-client");

const sockets = new Map();
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function open(name, url) {
  sockets.get(name)?.removeAllListeners().offAny().disconnect();
  // Where it connects next is told from outside.
  const socket = io(url, { forceNew: true, reconnection: false, transports: ["websocket"], timeout: 3_000, auth: { subscribe: { topics: [] } } });
  sockets.set(name, socket);
  const tell = (event) => (data) => say({ name, event, data: String(data ?? "") });
  socket.on("connect", tell("connect")).on("disconnect", tell("disconnect")).on("connect_error", tell("connect_error"));
  socket.onAny((event, data) => say({ name, event, data }));
}

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const { name, open: url, emit, data } = JSON.parse(line);
    if (url) open(name, url);
    else sockets.get(name).emit(emit, data, (ack) => say({ name, event: "ack", data: { of: emit, id: data.request_id ?? data.timestamp, ack } }));
  })
  .on("close", () => process.exit());

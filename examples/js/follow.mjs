// The client for programs: commands come as JSON lines on standard input, what
// happens goes out as JSON lines on standard output. examples/README.md has the list.
// Usage: node follow.mjs --url http://127.0.0.1:8080 [--transports polling,websocket] [--filter JSON]
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

import { SkygateAircraft } from "./skygate-aircraft.mjs";

const { values: args } = parseArgs({
  options: {
    url: { type: "string", default: "http://127.0.0.1:8080" },
    transports: { type: "string", default: "polling,websocket" },
    filter: { type: "string", default: "null" },
  },
});
const client = new SkygateAircraft(args.url, { filter: JSON.parse(args.filter), transports: args.transports.split(",") });
const { socket } = client;
const print = (line) => console.log(JSON.stringify(line));

// The manager opens the connection, then the socket connects over it; the upgrade comes before or after that.
socket.io.on("open", () => socket.io.engine.once("upgrade", ({ name }) => print({ event: "upgraded", transport: name })));
socket.on("connect", () => print({ event: "connected", transport: socket.io.engine.transport.name }));
socket.on("disconnect", (reason) => print({ event: "disconnected", reason }));
socket.on("connect_error", (error) => print({ event: "connect_error", message: error.message }));
client.onChange = (kind, m) => {
  if (kind === "snapshot") print({ event: "snapshot", seq: m.seq, count: client.state.size });
};
socket.onAny((name, ...values) => {
  if (["subscribed", "unsubscribed", "error"].includes(name)) print({ event: name, ...values[0] });
  else if (!["aircraft:snapshot", "aircraft:update"].includes(name)) print({ event: "message", name, args: values });
});

const commands = {
  state: () => ({ state: Object.fromEntries(client.state), position: client.position, stats: client.stats }),
  request: async ({ type, params }) => ({ response: await client.request(type, params) }),
  view: ({ filter }) => client.setView(filter),
  subscribe: ({ wish }) => client.subscribe(wish),
  unsubscribe: () => client.unsubscribe(),
  emit: async ({ event, args = [] }) => ({ ack: await socket.timeout(10_000).emitWithAck(event, ...args) }),
  disconnect: () => void socket.io.engine.close(), // as a lost connection does: it is made again
  quit: () => input.close(),
};

async function obey(line) {
  const { cmd, id, ...rest } = JSON.parse(line);
  const run = commands[cmd] ?? (() => { throw new Error(`unknown command: ${cmd}`); });
  const failed = (e) => ({ error: { code: e.code ?? "failed", message: e.message } });
  const answer = await Promise.resolve(rest).then(run).catch(failed);
  if (answer) print({ ...answer, ...(id !== undefined && { id }) });
}

const input = createInterface({ input: process.stdin });
input.on("line", obey).on("close", () => {
  client.close();
  setTimeout(() => process.exit(), 200).unref(); // an upgrade that is under way may keep a socket open
});

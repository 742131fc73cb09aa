// Official clients of events, as they would be written: they resume where they were. Each
// comes from an address of its own, as clients do. What happens is told by lines of JSON.
// Arguments: URL, how many addresses, and the transports, such as polling,websocket.
import { Agent } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(new URL("../../examples/js/package.json", import.meta.url));
const { io } = require("socket.io-client");

const [url, addresses, ...kinds] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

function client(name, localAddress, transports) {
  const agent = new Agent({ localAddress });
  const socket = io(url, {
    forceNew: true, transports, agent, auth: { subscribe: { topics: [] } },
    reconnectionDelay: 100, reconnectionDelayMax: 500, timeout: 5_000,
  });
  let at = null;
  socket.on("connect", () => {
    const { engine } = socket.io;
    say({ name, event: "connect", text: engine.transport.name });
    const upgraded = () => say({ name, event: "upgrade", text: engine.transport.name });
    if (engine.transport.name !== transports[0]) upgraded(); // by now
    else engine.once("upgrade", upgraded);
    socket.emit("subscribe", { topics: ["ops"], ...(at && { since: { ops: at } }) });
  });
  socket.on("subscribed", ({ positions, views, resumed }) => {
    if (!positions.ops) return; // the first is of no topic, as the CONNECT says
    if (at && !resumed.ops) say({ name, event: "gap", text: "" });
    at = { ...positions.ops, view: views.ops };
    say({ name, event: "subscribed", text: "" });
  });
  socket.on("ops:test", ({ id, epoch, base, seq }) => {
    if (epoch !== at.epoch || base !== at.seq) say({ name, event: "gap", text: `${base} after ${at.seq}` });
    at = { ...at, epoch, seq };
    say({ name, event: "ops", text: id });
  });
  socket.on("disconnect", (reason) => say({ name, event: "disconnect", text: reason }));
  socket.on("connect_error", (error) => say({ name, event: "connect_error", text: String(error.message) }));
}

for (const kind of kinds) {
  for (let i = 0; i < Number(addresses); i++) client(`${kind} from 127.0.1.${i + 1}`, `127.0.1.${i + 1}`, kind.split(","));
}
process.stdin.on("end", () => process.exit()).resume();

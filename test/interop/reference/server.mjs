// The reference server behind the description that test/testserver follows: the
// same events and the same control, in Node's socket.io. Whatever passes here
// says something about the protocol; whatever fails here is wrong itself.
import { createServer } from "node:http";
import { attach as attachEngine } from "engine.io";
import { Server } from "socket.io";
import { control } from "./control.mjs";
import { events } from "./events.mjs";

const env = (name, or) => Number(process.env[name] ?? or);

const engine = {
  pingInterval: env("PING_INTERVAL", 300),
  pingTimeout: env("PING_TIMEOUT", 200),
  maxHttpBufferSize: 1e6,
  cors: { origin: "*" },
};
const io = new Server({ ...engine, connectTimeout: env("CONNECT_TIMEOUT", 1000), serveClient: false });
const reasons = {};
events(io, reasons, env("CONN_DELAY_US", 0) / 1000);

// open listens, when the port is given, on loopback only.
function open(port, prepare, answer) {
  if (port === undefined) return undefined;
  const server = createServer(answer ?? ((_, res) => res.writeHead(404).end()));
  prepare?.(server);
  return new Promise((done) => server.listen(Number(port), "127.0.0.1", done));
}

const { PORT, EIO_PORT, CTL_PORT } = process.env;
await Promise.all([
  open(PORT, (server) => io.attach(server)),
  open(EIO_PORT, (server) => attachEngine(server, engine).on("connection", (socket) => {
    socket.on("message", (data) => socket.send(data));
  })),
  open(CTL_PORT, undefined, control(io, reasons)),
]);
process.on("SIGTERM", () => process.exit(0));
console.log(`ready ${process.pid}`);

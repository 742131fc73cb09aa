// The reference server with the official adapter over Redis. It follows the
// description of test/testserver, as far as the tests of clusters ask for it.
import { createServer } from "node:http";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { control } from "../../interop/reference/control.mjs";
import { events } from "../../interop/reference/events.mjs";

const { PORT, CTL_PORT, REDIS_PORT, ROOMS_MODE } = process.env;

const pub = createClient({ url: `redis://127.0.0.1:${REDIS_PORT}` });
const sub = pub.duplicate();
for (const client of [pub, sub]) client.on("error", () => {}); // it comes back by itself
await Promise.all([pub.connect(), sub.connect()]);

const create = ROOMS_MODE === "sharded" ? createShardedAdapter : createAdapter;
const io = new Server({ adapter: create(pub, sub), serveClient: false });
events(io, {}, 0);

function open(port, server) {
  return new Promise((done) => server.listen(Number(port), "127.0.0.1", done));
}

const web = createServer();
io.attach(web);
await Promise.all([open(PORT, web), open(CTL_PORT, createServer(control(io, {})))]);
process.on("SIGTERM", () => process.exit(0));
console.log(`ready ${process.pid}`);

// @socket.io/redis-emitter, which serves nobody, told what to do over HTTP.
import { createServer } from "node:http";
import { Emitter } from "@socket.io/redis-emitter";
import { createClient } from "redis";

const { CTL_PORT, REDIS_PORT } = process.env;

const redis = createClient({ url: `redis://127.0.0.1:${REDIS_PORT}` });
redis.on("error", () => {});
await redis.connect();
const emitter = new Emitter(redis);

// audience is whom the query names: a namespace, rooms, and all but others.
function audience(q) {
  let to = q.nsp && q.nsp !== "/" ? emitter.of(q.nsp) : emitter;
  if (q.room) to = to.to(q.room.split(","));
  if (q.except) to = to.except(q.except.split(","));
  if (q.volatile) to = to.volatile;
  if (q.compress) to = to.compress(q.compress === "true");
  return to;
}

const commands = {
  emit: (q) => audience(q).emit(q.ev, q.msg),
  emitbin: (q) => audience(q).emit("bin", Buffer.from([1, 2, 3]), { in: [Buffer.from([255])] }, q.msg),
  join: (q) => audience(q).socketsJoin(q.to),
  leave: (q) => audience(q).socketsLeave(q.to),
  kick: (q) => audience(q).disconnectSockets(q.close === "true"),
  sse: (q) => emitter.serverSideEmit("sse-hello", q.msg),
};

const server = createServer((req, res) => {
  const url = new URL(req.url, "http://localhost");
  const command = commands[url.pathname.slice(1)];
  if (!command) return res.writeHead(404).end();
  let out = null;
  try {
    command(Object.fromEntries(url.searchParams));
  } catch (err) {
    out = { error: err.message };
  }
  res.setHeader("Content-Type", "application/json");
  res.end(JSON.stringify({ out }));
});
server.listen(Number(CTL_PORT), "127.0.0.1", () => console.log(`ready ${process.pid}`));
process.on("SIGTERM", () => process.exit(0));

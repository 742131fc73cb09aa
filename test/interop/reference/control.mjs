// The control port: what the server does of its own accord, asked for over HTTP.
import { setTimeout as sleep } from "node:timers/promises";

const commands = {
  stats: (io) => ({
    clients: io.engine.clientsCount, goroutines: 0,
    heap: process.memoryUsage().heapUsed, rss: process.memoryUsage.rss(),
  }),
  gc: () => globalThis.gc?.(),
  disconnects: (_, __, reasons) => reasons,
  emit: (io, q) => audience(io, q).emit(q.ev, q.msg),
  emitbin: (io, q) => audience(io, q).emit("bin", Buffer.from([1, 2, 3]), { in: [Buffer.from([255])] }, q.msg),
  burst: async (io, q) => {
    for (let i = 0; i < Number(q.n); i++) {
      audience(io, q).emit("b", i, "x".repeat(Number(q.size ?? 0)));
      if (q.gap) await sleep(Number(q.gap));
    }
    return Number(q.n);
  },
  fetch: async (io, q) => (await audience(io, q).fetchSockets()).map((s) => s.id),
  join: (io, q) => audience(io, q).socketsJoin(q.to),
  leave: (io, q) => audience(io, q).socketsLeave(q.to),
  kick: (io, q) => audience(io, q).disconnectSockets(q.close === "true"),
  emitack: (io, q) => audience(io, q).timeout(Number(q.timeout ?? 1000)).emitWithAck("question"),
  sockets: async (io, q) => (await audience(io, q).fetchSockets()).map((s) => ({
    id: s.id, rooms: [...s.rooms].sort(), data: s.data, query: s.handshake.query, auth: s.handshake.auth,
  })),
  sse: (io, q) => io.of(q.nsp ?? "/").serverSideEmit("sse-hello", q.msg),
  sselog: (io) => heard.get(io),
  sseack: (io, q) => io.of(q.nsp ?? "/").serverSideEmitWithAck("sse-hello", q.msg),
  servercount: (io, q) => io.of(q.nsp ?? "/").adapter.serverCount(),
};

// heard is what other servers said to one.
const heard = new Map();

// audience is whom the query names: a namespace, rooms, and all but others.
function audience(io, q) {
  let to = io.of(q.nsp ?? "/");
  if (q.room) to = to.to(q.room.split(","));
  if (q.except) to = to.except(q.except.split(","));
  if (q.local) to = to.local;
  if (q.volatile) to = to.volatile;
  if (q.compress) to = to.compress(q.compress === "true");
  return to;
}

export function control(io, reasons) {
  heard.set(io, []);
  io.on("sse-hello", (msg, ack) => {
    heard.get(io).push(msg);
    ack?.(process.env.NAME ?? "");
  });
  return async (req, res) => {
    const url = new URL(req.url, "http://localhost");
    const command = commands[url.pathname.slice(1)];
    if (!command) return res.writeHead(404).end();
    const began = performance.now();
    let out;
    try {
      out = await command(io, Object.fromEntries(url.searchParams), reasons);
    } catch (err) {
      out = { error: err.message };
    }
    if (out === true || out === undefined) out = null;
    res.setHeader("Content-Type", "application/json");
    res.end(JSON.stringify({ ms: performance.now() - began, out }));
  };
}

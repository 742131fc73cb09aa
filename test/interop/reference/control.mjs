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
  emitbin: (io, q) => audience(io, q).emit("bin", Buffer.from([1, 2, 3])),
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
};

const audience = (io, q) => (q.room ? io.to(q.room) : io);

export function control(io, reasons) {
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

// A server that keeps Skygate's contract for the aircraft topic, slow and obvious,
// and that can be told to lose a message, to cut connections or to lose its memory.
import { Server } from "socket.io";

export class FakeServer {
  #io = new Server({ serveClient: false });
  #sessions = new Map(); // socket -> {shown, view, seq}; shown: hex -> JSON of what the client should have
  #records = new Map(); // hex -> fields
  #touched = new Map(); // hex -> seq of its last change, removed ones included
  #seq = 100;
  #oldest = 100; // the first seq that a resume may start from
  epoch = "e1";
  parts = 1; // into how many messages a snapshot is cut
  loses = 0; // how many of the next updates get lost on their way
  joinsByItself = true;
  asked = []; // every subscribe that came, with the CONNECT or alone

  static async start(port = 0) {
    const server = new FakeServer();
    server.#io.on("connection", (socket) => server.#connected(socket));
    server.#io.listen(port, { host: "127.0.0.1" });
    const http = server.#io.httpServer;
    if (!http.listening) await new Promise((resolve) => http.once("listening", resolve));
    server.url = `http://127.0.0.1:${http.address().port}`;
    return server;
  }

  get state() { return Object.fromEntries(this.#records); }
  get position() { return { epoch: this.epoch, seq: this.#seq }; }
  get sessions() { return this.#sessions.size; }

  /** One change of the topic: fields by hex, merged; null as a field removes it, null as fields the aircraft. */
  change(changes) {
    this.#seq++;
    for (const [hex, fields] of Object.entries(changes)) {
      this.#touched.set(hex, this.#seq);
      if (fields === null) this.#records.delete(hex);
      else this.#records.set(hex, strip({ ...this.#records.get(hex), hex, ...fields }));
    }
    for (const [socket, session] of this.#sessions) this.#send(socket, this.#step(session));
  }

  /** What was kept is gone, as after a restart: another epoch, no way to resume. */
  forget({ quietly = false } = {}) {
    this.epoch += "'";
    this.#seq = this.#oldest = 1;
    this.#touched.clear();
    for (const [socket, session] of this.#sessions) quietly ? (session.seq = this.#seq) : this.#snapshot(socket, session);
  }

  /** Breaks every connection without a word. */
  cut() { for (const socket of this.#io.sockets.sockets.values()) socket.conn.close(); }

  /** Ends every connection as a server does that wants no more of them. */
  goodbye() { this.#io.disconnectSockets(true); }

  refuse(times) {
    this.#io.use((_, next) => next(times-- > 0 ? new Error("not now") : undefined));
  }

  close() { return this.#io.close(); }

  #connected(socket) {
    socket.on("subscribe", (m, ack) => this.#subscribe(socket, m, ack));
    socket.on("disconnect", () => this.#sessions.delete(socket));
    socket.on("unsubscribe", (m, ack) => {
      this.#sessions.delete(socket);
      answer(socket, "unsubscribed", { topics: ["aircraft"], remaining: [] }, ack);
    });
    socket.on("request", ({ type, request_id, params }, ack) => {
      if (type === "silent") return;
      if (type === "aircraft") {
        const data = this.#records.get(params.hex) ?? null;
        return answer(socket, "response", { type: "response", request_id, request_type: type, data }, ack);
      }
      const message = `Unknown request type: ${type}`;
      answer(socket, "error", { type: "error", request_id, code: "unknown_request", message }, ack);
    });
    const wish = socket.handshake.auth.subscribe;
    if (wish) this.#subscribe(socket, wish);
    else if (this.joinsByItself) setTimeout(() => this.#sessions.has(socket) || this.#join(socket), 20);
  }

  #subscribe(socket, wish, ack) {
    this.asked.push(wish);
    if (![wish.topics].flat().includes("aircraft")) return;
    const since = wish.since?.aircraft;
    const old = this.#sessions.get(socket);
    const session = { ...old, icao: wish.filters?.aircraft?.icao ?? null };
    session.view = JSON.stringify(session.icao);
    const resumed = since?.epoch === this.epoch && since.view === session.view && since.seq >= this.#oldest;
    const joined = { topics: ["aircraft"], joined: ["aircraft"], denied: null, resumed: { aircraft: resumed } };
    answer(socket, "subscribed", joined, ack);
    if (resumed) this.#resume(socket, session, since);
    else if (old && !since && old.view !== session.view) {
      this.#sessions.set(socket, session);
      this.#send(socket, this.#step(session, true));
    } else this.#snapshot(socket, session);
  }

  #join(socket) {
    if (socket.connected) this.#snapshot(socket, { icao: null, view: "null" });
  }

  #visible({ icao }) {
    return [...this.#records.values()].filter((r) => !icao || icao.includes(r.hex));
  }

  #snapshot(socket, session) {
    const all = this.#visible(session);
    Object.assign(session, { seq: this.#seq, shown: texts(all) });
    this.#sessions.set(socket, session);
    const position = { epoch: this.epoch, seq: this.#seq, view: session.view };
    const size = Math.ceil(all.length / this.parts) || 1;
    for (let part = 1; part <= this.parts; part++) {
      const some = all.slice((part - 1) * size, part * size);
      const place = { ...(this.parts > 1 && { part, parts: this.parts }), ...(part === this.parts && position) };
      if (part === 1) socket.emit("aircraft:snapshot", { aircraft: some, count: all.length, ...place });
      else socket.emit("aircraft:update", { type: "delta", added: some, ...place });
    }
  }

  #resume(socket, session, since) {
    const visible = this.#visible(session);
    const touched = [...this.#touched].filter(([, seq]) => seq > since.seq).map(([hex]) => hex);
    const added = visible.filter((r) => touched.includes(r.hex));
    const removed = touched.filter((hex) => !visible.some((r) => r.hex === hex));
    Object.assign(session, { seq: this.#seq, shown: texts(visible) });
    this.#sessions.set(socket, session);
    this.#send(socket, this.#update(since.seq, session, { added, updated: [], removed }));
  }

  // The session's next update, or nothing when nothing in its view changed.
  #step(session, evenEmpty) {
    const visible = this.#visible(session);
    const next = texts(visible);
    const added = visible.filter((r) => !session.shown.has(r.hex));
    const changed = visible.filter((r) => session.shown.has(r.hex) && session.shown.get(r.hex) !== next.get(r.hex));
    const updated = changed.map((r) => difference(JSON.parse(session.shown.get(r.hex)), r));
    const removed = [...session.shown.keys()].filter((hex) => !next.has(hex));
    if (!evenEmpty && !added.length && !updated.length && !removed.length) return null;
    const base = session.seq;
    Object.assign(session, { seq: this.#seq, shown: next });
    return this.#update(base, session, { added, updated, removed });
  }

  #update(base, { seq, view }, lists) {
    return { type: "delta", epoch: this.epoch, base, seq, view, ...lists, timestamp: new Date().toISOString() };
  }

  #send(socket, update) {
    if (update && this.loses-- <= 0) socket.emit("aircraft:update", update);
  }
}

function answer(socket, event, message, ack) {
  socket.emit(event, message);
  ack?.(message);
}

const texts = (records) => new Map(records.map((r) => [r.hex, JSON.stringify(r)]));
const strip = (fields) => Object.fromEntries(Object.entries(fields).filter(([, v]) => v !== null));

function difference(before, after) {
  const fields = { hex: after.hex };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[name]) !== JSON.stringify(after[name])) fields[name] = after[name] ?? null;
  }
  return fields;
}

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
  parts = 1; // into how many messages a snapshot or an update is cut
  loses = 0; // how many of the next messages with updates get lost on their way
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
    const { filters = {} } = wish;
    const session = { ...old, filter: "aircraft" in filters ? filters.aircraft : (old?.filter ?? null) };
    session.view = JSON.stringify(session.filter);
    const resumed = since?.epoch === this.epoch && since.view === session.view && since.seq >= this.#oldest;
    const { view: aircraft } = session;
    const joined = { topics: ["aircraft"], joined: ["aircraft"], denied: null, views: { aircraft }, resumed: { aircraft: resumed } };
    answer(socket, "subscribed", joined, ack);
    if (resumed) this.#resume(socket, session, since);
    else if (old && !since && old.view !== session.view) {
      this.#sessions.set(socket, session);
      this.#send(socket, this.#step(session, true));
    } else this.#snapshot(socket, session);
  }

  #join(socket) {
    if (socket.connected) this.#snapshot(socket, { filter: null, view: "null" });
  }

  #visible({ filter }) {
    const { icao, bbox } = filter ?? {};
    const inside = ({ lat, lon }) => lat <= bbox.north && lat >= bbox.south && lon <= bbox.east && lon >= bbox.west;
    return [...this.#records.values()].filter((r) => (!icao || icao.includes(r.hex)) && (!bbox || inside(r)));
  }

  #snapshot(socket, session) {
    const all = this.#visible(session);
    Object.assign(session, { seq: this.#seq, shown: texts(all) });
    this.#sessions.set(socket, session);
    const position = { epoch: this.epoch, seq: this.#seq, view: session.view };
    for (const { added, ...place } of this.#cut({ added: all }, position)) {
      if (!(place.part > 1)) socket.emit("aircraft:snapshot", { aircraft: added, count: all.length, ...place });
      else socket.emit("aircraft:update", { type: "delta", added, ...place });
    }
  }

  // The messages for some lists, of which only the last has the position.
  #cut(lists, position) {
    if (this.parts === 1) return [{ ...lists, ...position }];
    return Array.from({ length: this.parts }, (_, i) => {
      const slice = (list) => list.slice((i * list.length) / this.parts, ((i + 1) * list.length) / this.parts);
      const some = Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, slice(list)]));
      return { ...some, part: i + 1, parts: this.parts, ...(i + 1 === this.parts && position) };
    });
  }

  #resume(socket, session, since) {
    const visible = this.#visible(session);
    const touched = [...this.#touched].filter(([, seq]) => seq > since.seq).map(([hex]) => hex);
    const added = visible.filter((r) => touched.includes(r.hex));
    const removed = touched.filter((hex) => !visible.some((r) => r.hex === hex));
    Object.assign(session, { seq: this.#seq, shown: texts(visible) });
    this.#sessions.set(socket, session);
    if (!touched.length) session.seq = since.seq; // and there is nothing to tell
    else this.#send(socket, this.#update(since.seq, session, { added, updated: [], removed }));
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
    return this.#cut(lists, { epoch: this.epoch, base, seq, view });
  }

  #send(socket, messages) {
    for (const m of messages ?? []) if (this.loses-- <= 0) socket.emit("aircraft:update", { type: "delta", ...m });
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

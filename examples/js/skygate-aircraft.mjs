// Follows the aircraft of a Skygate server with the ordinary socket.io-client.
//
//   const client = new SkygateAircraft("http://127.0.0.1:8080");
//   client.onChange = () => console.log(client.state.size, "aircraft");
//   client.setView({ bbox: { north: 51, south: 49, east: 10, west: 7 } });
//
// What a message does to the picture is in picture.mjs; here it is fetched, and
// fetched again when something is missing.

import { io } from "socket.io-client";
import { Picture } from "./picture.mjs";

const ANSWER_MS = 10_000; // how long an answer of the server may take

/** A connection that is made again when it breaks, and a picture that goes on where it was. */
export class SkygateAircraft {
  stats = { connects: 0, snapshots: 0, deltas: 0, parts: 0, ignored: 0, holes: 0, resumes: 0 };
  onChange = () => {}; // called with ("snapshot" | "delta", message) after each change of the picture
  #picture = new Picture();
  #wanted = true; // false between unsubscribe and subscribe
  #timer = null; // runs while the server owes the answer to a subscribe
  #refused = 0; // how often in a row the server did not want this client
  #requests = 0;

  /**
   * filter: which aircraft, such as {bbox: {north, south, east, west}}; wish: further members of subscribe
   * (fields, rate); options: those of socket.io-client.
   */
  constructor(url, { filter, wish = {}, auth = {}, ...options } = {}) {
    this.wish = { ...wish, ...(filter && { filters: { aircraft: filter } }) };
    const backOff = { reconnectionDelay: 1_000, reconnectionDelayMax: 30_000, randomizationFactor: 0.5 };
    const joinNothing = { subscribe: { topics: [] } }; // in place of the topics that a server joins by itself
    this.socket = io(url, { ...backOff, ...options, auth: { ...auth, ...joinNothing } });
    this.socket.on("connect", () => {
      this.stats.connects++;
      if (this.#wanted) this.#ask(this.position);
    });
    this.socket.on("subscribed", (m) => {
      if (!m.joined?.includes("aircraft")) return;
      this.#answered();
      if (m.resumed?.aircraft) this.stats.resumes++;
    });
    this.socket.on("aircraft:snapshot", (m) => this.#took(this.#picture.snapshot(m), m));
    this.socket.on("aircraft:update", (m) => this.#took(this.#picture.update(m), m));
    // A lost connection is made again by the library, but not one that the server refused or closed.
    this.socket.on("connect_error", () => this.socket.active || this.#later());
    this.socket.on("disconnect", (reason) => reason === "io server disconnect" && this.#later());
  }

  /** The aircraft by hex. Only to be read. */
  get state() { return this.#picture.state; }

  /** {epoch, seq, view} of the picture, or null before the first snapshot. */
  get position() { return this.#picture.position; }

  /** Looks at other aircraft from now on: a filter, null for all. The picture changes by one update. */
  setView(filter) {
    this.subscribe({ filters: { aircraft: filter } });
  }

  /** Subscribes again after unsubscribe, or with another wish, such as {fields: {aircraft: ["lat", "lon"]}}. */
  subscribe(wish) {
    Object.assign(this.wish, wish);
    this.#wanted = true;
    this.#ask(wish ? null : this.position); // a new view begins with what leads to it, not with a resume
  }

  unsubscribe() {
    this.#wanted = false;
    this.#answered();
    if (this.socket.connected) this.socket.emit("unsubscribe", { topics: ["aircraft"] });
  }

  /** Resolves to the data of the response; rejects with an Error that has the server's code. */
  async request(type, params = {}) {
    const packet = { type, request_id: ++this.#requests, params };
    const answer = await this.socket.timeout(ANSWER_MS).emitWithAck("request", packet).catch((cause) => {
      throw Object.assign(new Error(`no answer to ${type}`, { cause }), { code: "no_answer" });
    });
    if (answer.type === "error") throw Object.assign(new Error(answer.message), { code: answer.code });
    return answer.data;
  }

  close() {
    this.#answered();
    this.socket.disconnect();
  }

  #took(outcome, m) {
    if (outcome === "part") this.stats.parts++;
    if (outcome === "ignored") this.stats.ignored++;
    if (outcome === "hole" && this.#wanted && !this.#timer) {
      this.stats.holes++;
      this.#ask(this.position);
    }
    if (outcome !== "snapshot" && outcome !== "delta") return;
    this.stats[`${outcome}s`]++;
    this.onChange(outcome, m);
  }

  // One question at a time: what comes before its answer may not fit the picture, and is no further hole.
  #ask(since) {
    if (!this.socket.connected) return; // asked when it is
    const place = since && { since: { aircraft: since } };
    this.socket.emit("subscribe", { ...this.wish, topics: ["aircraft"], legacy: false, ...place });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(this.position), ANSWER_MS);
  }

  #answered() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#refused = 0;
  }

  #later() {
    clearTimeout(this.#timer);
    const wait = Math.min(30_000, this.socket.io.reconnectionDelay() * 2 ** this.#refused++);
    this.#timer = setTimeout(() => this.socket.connect(), wait * (0.5 + Math.random()));
  }
}

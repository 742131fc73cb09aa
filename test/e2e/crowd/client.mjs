// An official client with a life of its own: how it joins, what it wishes, and what happens to it.

import { createRequire } from "node:module";

import { compareAck, Follower } from "./follower.mjs";

const require = createRequire(new URL("../../../examples/js/package.json", import.meta.url));
export const { io } = require("socket.io-client");

export class Client {
  follower = new Follower();
  done = []; // the steps that were taken
  #wish; // {filter, fields, hz, batch, legacy}, of which null is the default
  #wanted = true; // to be subscribed
  got = []; // the sizes of the messages that came, for its twin
  #stalledAt = 0; // how many its twin had got

  /**
   * spec: as crowd_guests_test.go writes it; line(what): has something happen to the connection;
   * twin(): the client that sees the same; clock(): of the play.
   */
  constructor(spec, { line, twin, clock }) {
    Object.assign(this, { spec, name: spec.name, line, twin, clock, steps: spec.steps ?? [] });
    this.#wish = { filter: null, fields: null, hz: null, batch: null, legacy: null, ...spec.wish };
    this.socket = io(spec.url, {
      autoConnect: false, forceNew: true, transports: spec.transports, reconnectionDelay: 50, reconnectionDelayMax: 200,
      ...(spec.line && { perMessageDeflate: false }), // more bytes, to fill what is in between
      auth: (answer) => answer(this.#auth()),
    });
    const { follower } = this;
    this.socket.on("connect", () => {
      follower.stats.connects++;
      if (spec.join === "event" && this.#wanted) this.#ask(this.#wish, follower.position);
    });
    this.socket.on("disconnect", (reason) => {
      follower.stats.disconnects++;
      if (reason === "io server disconnect") this.socket.connect();
    });
    this.socket.onAny((name, m) => {
        if (spec.counts && name.startsWith("aircraft:")) this.got.push(JSON.stringify(m).length);
      follower.take(name, m);
      if (name === "unsubscribed") this.run(this.clock());
    });
    follower.onHole = () => follower.asking || this.#ask({}, follower.position);
    if (!this.steps.some(({ do: what }) => what === "join")) this.socket.connect();
  }

  /** Takes the steps that are due by the play's clock. */
  run(clock) {
    while (this.steps.length && this.#isDue(this.steps[0], clock)) this.#step(this.steps.shift());
  }

  /** Says how what it holds differs from what it should; "" when it does not. */
  differs(want, same) {
    const { state, settled, position, view } = this.follower;
    if (!this.socket.connected) return "it is not connected";
    if (!settled || (view.token && view.token !== position?.view)) return `it waits for what it asked for, at ${JSON.stringify(position)}`;
    for (const [hex, a] of want) {
      if (!state.has(hex)) return `${hex} is missing: ${JSON.stringify(a)}`;
      if (!same(a, state.get(hex))) return `${hex} is ${JSON.stringify(state.get(hex))}, want ${JSON.stringify(a)}`;
    }
    for (const [hex, a] of state) if (!want.has(hex)) return `${hex} should not be there: ${JSON.stringify(a)}`;
    return "";
  }

  #isDue(step, clock) {
    if (step.do === "return" && this.follower.leaving) return false; // what is on its way still counts
    if (step.enough) {
      const got = this.twin().got.slice(this.#stalledAt, -step.enough.frames);
      if (got.reduce((sum, size) => sum + size, 0) >= step.enough.bytes) return (step.reached = true);
    }
    return clock >= step.at;
  }

  #step(step) {
    this.done.push(step);
    const { follower } = this;
    switch (step.do) {
      case "join": return this.socket.connect();
      case "ask": return this.#change(step.wish);
      case "resync": return this.#change({});
      case "leave": return this.#leave();
      case "return": return this.#return(step.since ? follower.position : null);
      case "close": return this.socket.io.engine?.close(); // as a lost connection: it is made again
      case "stall": this.#stalledAt = this.twin().got.length;
    }
    return this.line(step.do); // cut, mend, stall, flow
  }

  #leave() {
    this.#wanted = false;
    if (!this.socket.connected) return;
    this.follower.leave();
    this.socket.emit("unsubscribe", { topics: ["aircraft"] });
  }

  #return(since) {
    this.#wanted = true;
    if (this.socket.connected) this.#ask(this.#wish, since);
  }

  #change(wish) {
    Object.assign(this.#wish, wish);
    if (this.socket.connected) this.#ask(wish, null);
  }

  // What a new connection begins with.
  #auth() {
    const { follower, spec } = this;
    follower.begin(spec.join === "auto");
    if (spec.join === "auto") return {};
    if (spec.join === "auth" && this.#wanted) return { subscribe: this.#subscribe(this.#wish, follower.position).payload };
    follower.ask({ nothing: true });
    return { subscribe: { topics: [] } };
  }

  #ask(wish, since) {
    const { payload, noted } = this.#subscribe(wish, since);
    if (!this.spec.ack) return this.socket.emit("subscribe", payload);
    this.socket.emit("subscribe", payload, (ack) => {
      noted.ack = ack;
      compareAck(noted, (what) => this.follower.wrong.push(what));
    });
  }

  // What is not wished for anew stays as it was, and is not sent.
  #subscribe(wish, since) {
    const of = (name, key = name) => name in wish && { [key]: { aircraft: wish[name] } };
    const flag = (name) => typeof wish[name] === "boolean" && { [name]: wish[name] };
    const { batch, legacy, ...rest } = this.#wish;
    const noted = this.follower.ask({ ...rest, batch: batch ?? false, legacy: legacy ?? true, since });
    const payload = {
      topics: ["aircraft"], ...of("filter", "filters"), ...of("fields"), ...of("hz", "rate"), ...flag("batch"), ...flag("legacy"),
      ...(since && { since: { aircraft: since } }),
    };
    return { payload, noted };
  }

}

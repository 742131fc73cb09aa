// Follows the topic aircraft by messages alone, and takes note of all that breaks the
// contract: of what must not come, and of what must.

import { isDeepStrictEqual } from "node:util";

import { reads, sees } from "./filter.mjs";

const WINDOW = 100; // ms, of the server
const SPAN = 4; // updates in a row whose pace is looked at
const MOST_WRONG = 20; // one mistake brings others

export class Follower {
  state = new Map(); // hex -> fields
  position = null; // {epoch, seq, view}; null before the first snapshot
  wrong = [];
  early = []; // updates that came sooner than the pace allows: {times, least, hz}
  urgent = new Set(); // when an emergency was told
  lag = 0; // ms, from the server's clock to here, at most
  stats = {
    connects: 0, disconnects: 0, snapshots: 0, extra: 0, deltas: 0, parts: 0, ignored: 0, holes: 0, resumable: 0, resumed: 0,
    turns: 0, slow: 0, batches: 0, legacy: 0, removed: 0, nulls: 0,
  };
  onHole = () => {};
  onUpdate = () => {};

  // Of the connection.
  #asks = []; // subscribes that are not answered, oldest first
  #views = []; // {token, filter, fields} that messages may be of: the one in force first, then those to come
  #due = null; // what has to come next: "snapshot", "resume" (an update, if anything was missed), "turn"
  #turnsOwed = 0; // changes of view that were asked for since the last snapshot
  #auto = false; // the server decides what it is subscribed to
  #open = false; // subscribed
  #left = false; // an unsubscribe is on its way
  #options = { batch: false, legacy: true, hz: null };
  #arriving = null; // parts: {kind: "snapshot" or "update", next, added, updated, removed}
  #owed = null; // of the legacy events of the last update: {removed, added}, sets of hex
  #pace = null; // when the last updates came

  /** A new connection: nothing is subscribed, or, for a client that leaves it to the server, all that is by default. */
  begin(auto) {
    this.#asks = [];
    this.#views = [];
    this.#due = auto ? "snapshot" : null;
    this.#auto = this.#open = auto;
    this.#left = false;
    this.#turnsOwed = 0;
    this.#options = { batch: false, legacy: true, hz: null };
    this.#arriving = this.#owed = this.#pace = null;
  }

  /** Takes note of a subscribe: {filter, fields, hz, batch, legacy} as they are then, since; nothing: it names no topic. */
  ask(what) {
    const fresh = this.#left || (!this.#open && !this.#asks.some((a) => !a.nothing));
    this.#left &&= Boolean(what.nothing);
    const ask = { ...what, fresh };
    this.#asks.push(ask);
    return ask;
  }

  /** Takes note of an unsubscribe. */
  leave() { this.#left = true; }

  /** Whether all that was asked for is answered, and has come. */
  get settled() { return !this.#asks.length && (this.#due === null || this.#due === "resume") && !this.#arriving; }

  get leaving() { return this.#left; }

  get asking() { return this.#asks.length > 0; }

  get view() { return this.#views.at(-1) ?? { filter: null, fields: null }; }

  take(name, m) {
    const handle = this.#events[name];
    if (handle) handle(m);
    else if (!this.#auto) this.#is(`the event ${name}: ${JSON.stringify(m)}`); // the server may have other topics for all
  }

  #events = {
    subscribed: (m) => this.#subscribed(m),
    unsubscribed: (m) => this.#unsubscribed(m),
    "aircraft:snapshot": (m) => this.#snapshot(m),
    "aircraft:update": (m) => this.#update(m),
    "aircraft:new": (m) => this.#legacy("added", m.aircraft.map((a) => a.hex), m),
    "aircraft:remove": (m) => this.#legacy("removed", m.icaos, m),
    batch: (m) => this.#batch(m),
    "aircraft:heartbeat": (m) => Number.isInteger(m.count) || this.#is(`a heartbeat of ${m.count} aircraft`),
    "antenna:analytics_update": () => {}, // what is told beside the aircraft
    "stream:stale": () => {},
    "stream:pace": (m) => {
      if (m.reason === "slow") this.stats.slow++;
      this.#pace = null;
    },
  };

  #is(what) {
    const at = this.position ? `at ${this.position.seq} of view ${this.position.view}` : "before its first snapshot";
    if (this.wrong.length < MOST_WRONG) this.wrong.push(`${at}: ${what}`);
  }

  #subscribed(m) {
    const ask = this.#asks.shift();
    if (!ask) return this.#is(`subscribed, which was not asked for: ${JSON.stringify(m)}`);
    ask.event = m;
    compareAck(ask, (what) => this.#is(what));
    if (ask.nothing) return m.joined.length && this.#is(`joined ${m.joined}, want nothing`);
    if (!isDeepStrictEqual(m.joined, ["aircraft"])) return this.#is(`joined ${m.joined}`);
    if (!ask.filter !== !m.filters.aircraft) this.#is(`asked for the filter ${JSON.stringify(ask.filter)}, got ${JSON.stringify(m.filters.aircraft)}`);
    const view = { token: m.views.aircraft, filter: ask.filter, fields: ask.fields };
    const [resumed, before] = [m.resumed.aircraft, this.#views.at(-1)?.token];
    if (ask.since) {
      const same = ask.since.view === view.token;
      this.stats.resumable += same;
      this.stats.resumed += resumed;
      if (resumed !== same) this.#is(`since ${JSON.stringify(ask.since)} was answered by resumed ${resumed}, the view is ${view.token}`);
      const { epoch, seq } = m.positions.aircraft;
      if (resumed && (epoch !== ask.since.epoch || seq !== ask.since.seq)) this.#is(`resumed at ${seq}, asked for ${ask.since.seq}`);
      this.#due = resumed ? "resume" : "snapshot";
    } else {
      if (resumed) this.#is("resumed without since");
      const turns = !ask.fresh && view.token !== before && this.position && !this.#arriving && this.#due !== "snapshot";
      this.#due = turns ? "turn" : "snapshot";
    }
    if (this.#due === "turn") {
      this.#views.push(view);
      this.#turnsOwed++;
    } else [this.#views, this.#owed, this.#arriving, this.#turnsOwed] = [[view], null, null, 0];
    this.#open = true;
    this.#options = { batch: ask.batch, legacy: ask.legacy, hz: ask.hz };
    this.#pace = null;
  }

  #unsubscribed(m) {
    if (m.remaining.length) this.#is(`unsubscribed, there remain ${m.remaining}`);
    this.#open = this.#left = false;
    this.#due = this.#arriving = this.#owed = this.#pace = null;
  }

  #batch(m) {
    this.stats.batches++;
    if (!this.#options.batch) this.#is("a batch, which was not asked for");
    if (m.messages.length < 2 || m.count !== m.messages.length) this.#is(`a batch counts ${m.count} of ${m.messages.length}`);
    for (const { type, data } of m.messages) this.take(type, data);
  }

  #snapshot(m) {
    this.#stateCame(m);
    if (this.#due !== "snapshot") this.stats.extra++;
    this.#owed = this.#pace = null;
    this.#arriving = { kind: "snapshot", next: 1, count: m.count, added: [], updated: [], removed: [] };
    this.#part({ ...m, added: m.aircraft, updated: [], removed: [] });
  }

  #update(m) {
    this.#stateCame(m);
    if (m.part && !this.#arriving) this.#arriving = { kind: "update", next: 1, added: [], updated: [], removed: [] };
    if (this.#arriving) return this.#part(m);
    this.#change(m);
  }

  #stateCame({ timestamp }) {
    this.lag = Math.max(this.lag, Date.now() - Date.parse(timestamp));
    if (!this.#open) this.#is("state of a topic that was left");
  }

  // The last part tells what the whole is, and where it leads.
  #part(m) {
    const { part = 1, parts = 1 } = m;
    const all = this.#arriving;
    if (part !== all.next) {
      this.#is(`part ${part} of ${parts}, want part ${all.next}`);
      this.#arriving = null;
      return;
    }
    if (parts > 1) this.stats.parts++;
    for (const list of ["added", "updated", "removed"]) all[list].push(...m[list]);
    if (part < parts) {
      if (m.epoch !== undefined || m.seq !== undefined) this.#is(`part ${part} of ${parts} carries a position`);
      all.next++;
      return;
    }
    this.#arriving = null;
    if (all.kind === "snapshot") this.#whole({ ...m, ...all });
    else this.#change({ ...m, ...all });
  }

  #whole(m) {
    this.stats.snapshots++;
    if (m.count !== m.added.length) this.#is(`a snapshot counts ${m.count} of ${m.added.length}`);
    if (!this.#views.length) this.#views.push({ token: m.view, filter: null, fields: null });
    this.state = new Map();
    this.#apply(m);
    this.#due = null;
    this.#turnsOwed = 0;
  }

  #change(m) {
    const at = this.position;
    if (this.#due === "snapshot") this.#is(`an update ${m.base} to ${m.seq} where a snapshot is due`);
    if (!at || m.epoch !== at.epoch || m.base !== at.seq) {
      if (at && m.epoch === at.epoch && m.seq <= at.seq) return this.stats.ignored++;
      this.stats.holes++;
      return this.onHole();
    }
    if (this.#owed && this.#owed.added.size + this.#owed.removed.size) this.#is(`an update came before the older events of the last: ${[...this.#owed.added, ...this.#owed.removed]}`);
    const live = this.#due !== "resume";
    const turns = m.view !== at.view;
    const empty = !m.added.length && !m.updated.length && !m.removed.length;
    if (m.seq < m.base || ((m.seq === m.base || empty) && !this.#turnsOwed)) this.#is(`an update leads from ${m.base} to ${m.seq} and tells ${empty ? "nothing" : "something"}`);
    const keys = [...m.added, ...m.updated].map((a) => a.hex).concat(m.removed);
    if (new Set(keys).size !== keys.length) this.#is(`an update has an aircraft in two lists: ${keys}`);
    for (const hex of m.removed) if (live && !this.state.has(hex)) this.#is(`${hex} is removed, which is not there`);
    this.stats.deltas++;
    this.stats.removed += m.removed.length;
    this.#timely(m, live && !turns && !empty);
    this.#apply(m);
    if (live && this.#options.legacy) this.#owed = { added: new Set(m.added.map((a) => a.hex)), removed: new Set(m.removed) };
    this.stats.turns += turns;
    if (this.#due === "resume" || (this.#due === "turn" && m.view === this.view.token)) this.#due = null;
    this.onUpdate(m);
  }

  #apply(m) {
    for (const hex of m.removed) this.state.delete(hex);
    for (const a of m.added) this.state.set(a.hex, { ...a });
    for (const patch of m.updated) {
      const held = this.state.get(patch.hex);
      if (!held) {
        this.#is(`${patch.hex} is updated, which is not there`);
        continue;
      }
      if (Object.keys(patch).length < 2) this.#is(`${patch.hex} is updated by nothing`);
      for (const [name, value] of Object.entries(patch)) {
        if (value === null) this.stats.nulls += delete held[name];
        else held[name] = value;
      }
    }
    this.#inForce(m.view);
    this.position = { epoch: m.epoch, seq: m.seq, view: m.view };
    this.#check(m);
  }

  // After a change no message of an older view comes.
  #inForce(token) {
    const i = this.#views.findIndex((v) => v.token === token);
    if (i < 0) this.#is(`a message of view ${token}; there may come ${this.#views.map((v) => v.token)}`);
    else this.#views.splice(0, i);
  }

  // All that a message names is in view, and shows what it should.
  #check({ added, updated }) {
    const { filter, fields } = this.#views[0] ?? {};
    const decidable = !fields || reads(filter).every((name) => fields.includes(name));
    for (const a of added) if (Object.values(a).includes(null)) this.#is(`${a.hex} is added with a null: ${JSON.stringify(a)}`);
    for (const a of [...added, ...updated]) {
      const strange = fields && Object.keys(a).find((name) => name !== "hex" && !fields.includes(name));
      if (strange) this.#is(`${a.hex} shows ${strange}, which was not asked for`);
      const held = this.state.get(a.hex);
      if (held && decidable && !sees(filter, held)) this.#is(`${a.hex} is out of view: ${JSON.stringify(held)}; the filter is ${JSON.stringify(filter)}`);
    }
  }

  // The events for older clients follow their update, and say the same.
  #legacy(list, keys, m) {
    this.stats.legacy++;
    if (m.count !== keys.length) this.#is(`older events count ${m.count} of ${keys.length}`);
    if (!this.#options.legacy) this.#is(`an event for older clients, which were turned off: ${list} ${keys}`);
    else if (!this.#owed) this.#is(`an event for older clients without an update: ${list} ${keys}`);
    else for (const hex of keys) if (!this.#owed[list].delete(hex)) this.#is(`an event for older clients has ${hex}, its update had not: ${list}`);
  }

  // How often updates come, by the server's clock. What leads to a view, or goes on from one, comes at once.
  #timely(m, counts) {
    const { hz } = this.#options;
    const at = Date.parse(m.timestamp);
    if ([...m.added, ...m.updated].some((a) => a.emergency === true)) this.urgent.add(at);
    if (!counts || !hz) return (this.#pace = null);
    const times = (this.#pace = [...(this.#pace ?? []).slice(-SPAN), at]);
    for (const n of [2, SPAN + 1]) { // a window of grace, for those that end together and a timer that is late
      const [first] = times.slice(-n);
      const least = ((n - 1) * 1000) / hz - WINDOW;
      if (times.length >= n && at - first < least) this.early.push({ times: times.slice(-n), least, hz });
    }
  }
}

/** The acknowledgement says what the event says. */
export function compareAck(ask, is) {
  if (ask.event && ask.ack && !isDeepStrictEqual(ask.event, ask.ack)) is(`subscribed ${JSON.stringify(ask.event)}, acknowledged ${JSON.stringify(ask.ack)}`);
}

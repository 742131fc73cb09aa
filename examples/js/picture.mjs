// The rules by which a client follows the aircraft of a Skygate server: what a
// snapshot and an update do, and how it knows that it missed something. No
// network, no clock. examples/python/picture.py says the same in Python, and
// examples/cases.json holds both to it.

/** Every aircraft in view, and the position in the stream that this is the picture of. */
export class Picture {
  state = new Map(); // hex -> fields; an aircraft that changes gets a new object
  position = null; // {epoch, seq, view}, from which the server can go on; null before the first snapshot
  #parts = []; // of a snapshot or an update that is too large for one message; it counts when the last is here

  /** Takes an aircraft:snapshot. Returns "snapshot", or "part" when more of it is to come. */
  snapshot(m) {
    return this.#collect(m);
  }

  /**
   * Takes an aircraft:update. Returns what it was: "delta"; "part" when more of it is to come, "snapshot" for the
   * last part of one; "ignored" for what is in the picture already; "hole" when a message before it is missing.
   * A last part then lists what all of them did.
   */
  update(m) {
    return m.part ? this.#collect(m) : this.#apply(m);
  }

  #apply(m) {
    if (!this.position || m.epoch !== this.position.epoch) return "hole";
    if (m.base !== this.position.seq) return m.seq <= this.position.seq ? "ignored" : "hole";
    for (const whole of m.added ?? []) this.state.set(whole.hex, whole);
    for (const fields of m.updated ?? []) this.state.set(fields.hex, merge(this.state.get(fields.hex), fields));
    for (const hex of m.removed ?? []) this.state.delete(hex);
    this.position = { epoch: m.epoch, seq: m.seq, view: m.view };
    return "delta";
  }

  #collect(m) {
    const { part = 1, parts = 1 } = m;
    const all = part === 1 ? [m] : [...this.#parts, m];
    this.#parts = all.length === part && part < parts ? all : [];
    if (all.length !== part) return "hole";
    if (part < parts) return "part";
    const lists = (name) => all.flatMap((p) => p[name] ?? []);
    if (parts > 1) Object.assign(m, { added: lists("aircraft").concat(lists("added")), updated: lists("updated"), removed: lists("removed") });
    return all[0].aircraft ? this.#replace(m.added ?? m.aircraft, m) : this.#apply(m);
  }

  #replace(aircraft, { epoch, seq, view }) {
    this.state = new Map(aircraft.map((whole) => [whole.hex, whole]));
    this.position = { epoch, seq, view };
    return "snapshot";
  }
}

// null says that the aircraft no longer has the field.
function merge(known, changed) {
  const merged = { ...known, ...changed };
  for (const name of Object.keys(changed)) if (changed[name] === null) delete merged[name];
  return merged;
}

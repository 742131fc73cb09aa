// The rules by which a client follows the aircraft of a Skygate server: what a
// snapshot and an update do, and how it knows that it missed something. No
// network, no clock. examples/python/picture.py says the same in Python, and
// examples/cases.json holds both to it.

/** Every aircraft in view, and the position in the stream that this is the picture of. */
export class Picture {
  state = new Map(); // hex -> fields; an aircraft that changes gets a new object
  position = null; // {epoch, seq, view}, from which the server can go on; null before the first snapshot
  #arriving = new Map(); // a snapshot in parts: it replaces the picture when its last part is here
  #next = 0; // the number of the part to come; 0 when there is none

  /** Takes an aircraft:snapshot. Returns "snapshot", or "part" when more of it is to come. */
  snapshot(m) {
    this.#arriving = new Map();
    this.#next = 1;
    return this.#collect(m.aircraft, m);
  }

  /**
   * Takes an aircraft:update. Returns what it was: "delta"; "part" or "snapshot" for a further part of
   * one; "ignored" for what is in the picture already; "hole" when a message before it is missing.
   */
  update(m) {
    if (m.part) return this.#collect(m.added, m);
    if (!this.position || m.epoch !== this.position.epoch) return "hole";
    if (m.base !== this.position.seq) return m.seq <= this.position.seq ? "ignored" : "hole";
    for (const whole of m.added ?? []) this.state.set(whole.hex, whole);
    for (const fields of m.updated ?? []) this.state.set(fields.hex, merge(this.state.get(fields.hex), fields));
    for (const hex of m.removed ?? []) this.state.delete(hex);
    this.position = { epoch: m.epoch, seq: m.seq, view: m.view };
    return "delta";
  }

  #collect(aircraft, { part = 1, parts = 1, epoch, seq, view }) {
    const inOrder = part === this.#next;
    this.#next = inOrder && part < parts ? part + 1 : 0;
    if (!inOrder) return "hole";
    for (const whole of aircraft) this.#arriving.set(whole.hex, whole);
    if (this.#next) return "part";
    this.state = this.#arriving;
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

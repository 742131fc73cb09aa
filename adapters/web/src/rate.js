// How much happens per second, over the last few.

/** Counts in slots of a second and gives their mean. Times are in milliseconds. */
export class Rate {
  #slots = new Map(); // second -> count
  #seconds;
  #began;

  constructor(now, seconds = 5) {
    this.#began = now;
    this.#seconds = seconds;
  }

  add(now, n = 1) {
    const second = Math.floor(now / 1000);
    this.#slots.set(second, (this.#slots.get(second) ?? 0) + n);
  }

  /** The mean of the last full seconds; of fewer when there were not that many. */
  perSecond(now) {
    const present = Math.floor(now / 1000);
    const from = Math.max(present - this.#seconds, Math.floor(this.#began / 1000));
    let sum = 0;
    for (const [second, n] of this.#slots) {
      if (second < present - this.#seconds) this.#slots.delete(second);
      else if (second >= from && second < present) sum += n;
    }
    return present > from ? sum / (present - from) : 0;
  }
}

// The order of the table's rows.
import { emergency } from "./columns.js";

/**
 * The first rows, up to a limit, and nothing that was not among them: emergencies
 * before all else, then by a column's values; who has none comes last either way.
 * ageOf gives an aircraft's age in seconds.
 */
export function firstRows(aircraft, { column, descending }, ageOf, limit) {
  const rows = [];
  for (const a of aircraft) {
    const age = ageOf(a);
    rows.push({ aircraft: a, age, emergency: emergency(a), key: column.value(a, age) });
  }
  const direction = descending ? -1 : 1;
  rows.sort((x, y) =>
    (y.emergency !== "") - (x.emergency !== "") ||
    (x.key === undefined) - (y.key === undefined) ||
    direction * compare(x.key, y.key) ||
    compare(x.aircraft.hex, y.aircraft.hex));
  return rows.slice(0, limit);
}

const compare = (x, y) => (x < y ? -1 : x > y ? 1 : 0);

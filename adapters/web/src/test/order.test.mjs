import assert from "node:assert/strict";
import { test } from "node:test";

import { columns } from "../columns.js";
import { firstRows } from "../order.js";

const fleet = [
  { hex: "C", alt: 300, flight: "BAW2" },
  { hex: "A" },
  { hex: "D", alt: "ground" },
  { hex: "B", alt: 300, flight: "AFR1" },
  { hex: "E", alt: 9000, squawk: "7700", emergency: true },
  { hex: "F", alt: -25 },
];
const ages = { A: 5, B: 1, C: 2, D: 3, E: 4, F: 6 };

function order(title, descending, limit = 100) {
  const column = columns.find((c) => c.title === title);
  return firstRows(fleet, { column, descending }, (a) => ages[a.hex], limit).map((row) => row.aircraft.hex).join("");
}

test("by a column, who has no value last either way, ties by hex", () => {
  assert.equal(order("Altitude", false), "EFDBCA");
  assert.equal(order("Altitude", true), "EBCDFA");
  assert.equal(order("Callsign", false), "EBCADF");
  assert.equal(order("Age", true), "EFADCB");
});

test("emergencies are first, also within the limit", () => {
  assert.equal(order("Hex", false), "EABCDF");
  assert.equal(order("Hex", true, 2), "EF");
});

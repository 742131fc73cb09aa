import assert from "node:assert/strict";
import { test } from "node:test";

import { columns, emergency, hasPosition, measureFrom } from "../columns.js";

const shown = (aircraft, age = 0) =>
  Object.fromEntries(columns.map((c) => [c.title, c.show(aircraft, age)]).filter(([, text]) => text !== ""));

test("an aircraft with everything", () => {
  const a = {
    hex: "3C6444", flight: "DLH4YA  ", squawk: "2371", alt: 34975, gs: 441.6, track: 269.7, vr: -1088,
    distance_nm: 12.34, lat: 50.03333, lon: -8.5,
  };
  assert.deepEqual(shown(a, 3.2), {
    Hex: "3C6444", Callsign: "DLH4YA", Squawk: "2371", Altitude: "34,975", Speed: "442", Track: "270",
    Climb: "\u22121,088", Distance: "12.3", Position: "50.0333, -8.5000", Age: "3",
  });
});

test("nothing is known but that it is there", () => {
  assert.deepEqual(shown({ hex: "~A1" }), { Hex: "~A1", Age: "0" });
});

test("distances are measured where the receiver's place is known", (t) => {
  t.after(() => measureFrom(null));
  const a = { hex: "A1", lat: 51, lon: 8, distance_nm: 3 };
  assert.equal(shown(a).Distance, "3.0");
  measureFrom({ latitude: 50, longitude: 8 });
  assert.equal(shown(a).Distance, "60.0");
  assert.equal(shown({ hex: "A2", distance_nm: 3 }).Distance, "3.0");
  measureFrom({ latitude: null });
  assert.equal(shown(a).Distance, "3.0");
});

test("fields of a wrong type are shown as nothing", () => {
  const a = { hex: "A1", flight: {}, squawk: 7700, alt: "high", gs: [1], track: null, vr: "up", r_dst: true, lat: "x", lon: 1 };
  assert.deepEqual(shown(a), { Hex: "A1", Age: "0" });
});

test("zero is a value", () => {
  const a = { hex: "A1", alt: 0, gs: 0, track: 0, vr: 0, r_dst: 0, lat: 0, lon: 0 };
  assert.deepEqual(shown(a), {
    Hex: "A1", Altitude: "0", Speed: "0", Track: "0", Climb: "0", Distance: "0.0", Position: "0.0000, 0.0000", Age: "0",
  });
  assert.ok(hasPosition(a));
  assert.ok(!hasPosition({ hex: "A1", lat: 1 }));
});

test("on the ground, however it is said", () => {
  for (const a of [{ alt: "ground" }, { alt_baro: "ground" }, { alt: 300, on_ground: true }]) {
    assert.equal(shown({ hex: "A1", ...a }).Altitude, "ground");
  }
});

test("what is the matter", () => {
  for (const [a, want] of [
    [{}, ""],
    [{ emergency: false, emergency_status: "none" }, ""],
    [{ emergency: false, emergency_status: "lifeguard" }, ""],
    [{ emergency: true, emergency_status: "nordo" }, "nordo"],
    [{ emergency: true, squawk: "7500" }, "hijack"],
    [{ squawk: "7600" }, "radio failure"],
    [{ emergency: true }, "emergency"],
    [{ squawk: "constructor" }, ""],
  ]) assert.equal(emergency(a), want, JSON.stringify(a));
});

// The table in examples/cases.json, which the Python client is held to as well.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { Picture } from "../picture.mjs";

const cases = JSON.parse(readFileSync(new URL("../../cases.json", import.meta.url), "utf8"));

for (const { name, steps, state, position } of cases) {
  test(name, () => {
    const picture = new Picture();
    const outcomes = steps.map((s) => (s.snapshot ? picture.snapshot(s.snapshot) : picture.update(s.update)));
    assert.deepEqual(outcomes, steps.map((s) => s.is));
    assert.deepEqual(Object.fromEntries(picture.state), state);
    assert.deepEqual(picture.position, position);
  });
}

test("an aircraft that changes is a new object, the others stay the same", () => {
  const picture = new Picture();
  picture.snapshot({ epoch: "e", seq: 1, view: "v", aircraft: [{ hex: "A1", gs: 1 }, { hex: "B2" }] });
  const [a, b] = [picture.state.get("A1"), picture.state.get("B2")];
  picture.update({ epoch: "e", base: 1, seq: 2, view: "v", updated: [{ hex: "A1", gs: 2 }] });
  assert.notEqual(picture.state.get("A1"), a);
  assert.equal(a.gs, 1);
  assert.equal(picture.state.get("B2"), b);
});

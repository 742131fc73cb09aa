import assert from "node:assert/strict";
import { test } from "node:test";

import { Rate } from "../rate.js";

test("the mean of the last full seconds", () => {
  const rate = new Rate(10_000, 3);
  assert.equal(rate.perSecond(10_900), 0);
  for (let ms = 10_000; ms < 20_000; ms += 100) rate.add(ms, 2);
  assert.equal(rate.perSecond(20_500), 20);
  assert.equal(rate.perSecond(21_500), 40 / 3);
  assert.equal(rate.perSecond(23_500), 0);
});

test("of fewer seconds at the beginning", () => {
  const rate = new Rate(10_000, 5);
  rate.add(10_500, 6);
  assert.equal(rate.perSecond(11_000), 6);
  assert.equal(rate.perSecond(12_000), 3);
});

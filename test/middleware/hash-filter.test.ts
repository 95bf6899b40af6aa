import fc from "fast-check";
import { expect, test } from "vitest";
import { HashFilter } from "../../src/middleware/hash-filter.ts";

const hash = fc.integer({ min: 0, max: 2 ** 30 - 1 });

test("hash filter: has all that was added, however many, and none after they are taken out", () => {
  fc.assert(
    fc.property(fc.constantFrom(1, 40, 1000, 10_000_000), fc.array(hash, { maxLength: 300 }), (most, hashes) => {
      const filter = new HashFilter(most);
      for (const each of hashes) filter.add(each);
      expect(hashes.every((each) => filter.has(each))).toBe(true);
      filter.clear();
      expect(hashes.some((each) => filter.has(each))).toBe(false);
    }),
  );
});

test("hash filter: of hashes in a row, or far apart, few seem to be there that are not", () => {
  for (const step of [1, 31, 4096, 65_536]) {
    const filter = new HashFilter(1000);
    for (let i = 0; i < 1000; i++) filter.add(i * step);
    let wrong = 0;
    for (let i = 1000; i < 11_000; i++) if (filter.has(i * step)) wrong++;
    expect(wrong).toBeLessThan(1000);
  }
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { JsonBytes } from "../../src/format/json-bytes.ts";

/** Units that a JSON string writes in each of its ways, in any number and order; surrogates stand alone and in pairs. */
const UNITS = [
  "a",
  " ",
  "/",
  '"',
  "\\",
  "\n",
  "\t",
  "\u0000",
  "\u001F",
  "\u007F",
  "\u0080",
  "é",
  "東",
  "\u2028",
  "🚀",
  "\uD800",
  "\uDC00",
];
const mixed = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 300 });
/** Long and clean but for a few: what is moved out of the way and back is cut at every place of its words. */
const fewOdd = fc
  .tuple(fc.nat(60), fc.array(fc.tuple(fc.constantFrom(...UNITS), fc.nat(40)), { maxLength: 12 }))
  .map(([before, parts]) => "x".repeat(before) + parts.map(([unit, clean]) => unit + "y".repeat(clean)).join(""));

describe("json: a string in bytes is what JSON.stringify makes of its well-formed text, within its room", () => {
  for (const [name, strings] of Object.entries({ mixed, fewOdd })) {
    test(`for any that are ${name === "mixed" ? "of all kinds of units" : "clean but for a few units"}`, () => {
      fc.assert(
        fc.property(strings, fc.nat(9), (text, at) => {
          const room = Buffer.alloc(at + 6 * text.length + 18, 34);
          const json = new JsonBytes(room);
          const end = json.string(at, text);
          expect(json.bytes).toBe(room);
          expect(room.toString("utf8", at, end)).toBe(JSON.stringify(text.toWellFormed()));
        }),
        { numRuns: 3000 },
      );
    });
  }

  test("for strings that are all escapes, of each length", () => {
    for (const unit of ["\u0001", '"', "東"]) {
      for (let length = 0; length < 100; length++) {
        const text = unit.repeat(length);
        const json = new JsonBytes(Buffer.alloc(6 * length + 18, 34));
        expect(json.bytes.toString("utf8", 0, json.string(0, text))).toBe(JSON.stringify(text));
      }
    }
  });
});

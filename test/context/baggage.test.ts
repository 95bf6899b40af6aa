import { propagation } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { BaggageRule } from "../../src/context/baggage.ts";
import type { BaggageInput } from "../../src/context/baggage.ts";

const bag = (members: Readonly<Record<string, string>>) =>
  propagation.createBaggage(Object.fromEntries(Object.entries(members).map(([key, value]) => [key, { value }])));
const MEMBERS = bag({ tenant: "t1", user: "u1", flag: "" });
const ALL = [
  ["tenant", "t1"],
  ["user", "u1"],
  ["flag", ""],
];

describe("the choice of baggage", () => {
  const CHOICES: readonly { name: string; input: BaggageInput | undefined; want: unknown }[] = [
    { name: "by default all", input: undefined, want: ALL },
    { name: "true is all", input: true, want: ALL },
    { name: "false is none", input: false, want: undefined },
    { name: "a list names keys", input: ["user", "other"], want: [["user", "u1"]] },
    { name: "an empty list is none", input: [], want: undefined },
    {
      name: "a predicate sees key and value",
      input: (key, value) => key === "flag" || value === "t1",
      want: [
        ["tenant", "t1"],
        ["flag", ""],
      ],
    },
    {
      name: "a prefix stands before each key",
      input: { prefix: "baggage." },
      want: ALL.map(([key, value]) => [`baggage.${key}`, value]),
    },
    { name: "keys with a prefix are named without it", input: { keys: ["user"], prefix: "b." }, want: [["b.user", "u1"]] },
  ];
  for (const { name, input, want } of CHOICES)
    test(`baggage: ${name}`, () => expect(new BaggageRule(input).choose(MEMBERS)).toEqual(want));

  test("the token of debugRequest is taken only where it is named", () => {
    const token = bag({ "correlog.debug": "t", "correlog.debugger": "d" });
    const keysOf = (input?: BaggageInput): unknown => new BaggageRule(input).choose(token)?.map(([key]) => key);
    expect([keysOf(), keysOf(true), keysOf({ prefix: "b." })]).toEqual([
      ["correlog.debugger"],
      ["correlog.debugger"],
      ["b.correlog.debugger"],
    ]);
    expect([keysOf(["correlog.debug"]), keysOf(() => true)]).toEqual([
      ["correlog.debug"],
      ["correlog.debug", "correlog.debugger"],
    ]);
  });

  test("no baggage is none", () => {
    expect([new BaggageRule().choose(undefined), new BaggageRule().choose(bag({}))]).toEqual([undefined, undefined]);
  });

  test.each([
    [1, "1"],
    ["all", '"all"'],
    [[1], String.raw`\[object Array\]`],
    [{ keys: 1 }, "1"],
    [{ keys: null, prefix: 1 }, "1"],
  ])("%j is refused", (input, shown) => {
    expect(() => new BaggageRule(input as never)).toThrow(new RegExp(`^baggage.*: expected .*got ${shown}$`));
  });
});

describe("the bounds of baggage", () => {
  const many = (count: number, value = "v"): Readonly<Record<string, string>> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, value]));

  test("at most 64 members, the first ones", () => {
    const chosen = new BaggageRule().choose(bag(many(100))) ?? [];
    expect([chosen.length, chosen.at(-1)]).toEqual([64, ["k63", "v"]]);
  });

  test("at most 8 KiB of keys and values, counted as UTF-8", () => {
    expect(new BaggageRule().choose(bag({ k: "x".repeat(8191) }))).toHaveLength(1);
    expect(new BaggageRule().choose(bag({ k: "x".repeat(8192) }))).toBeUndefined();
    expect(new BaggageRule().choose(bag({ kk: "é".repeat(4095) }))).toHaveLength(1);
    expect(new BaggageRule().choose(bag({ kkk: "é".repeat(4095) }))).toBeUndefined();
    expect(new BaggageRule().choose(bag({ k: "€".repeat(2731) }))).toBeUndefined();
    expect(new BaggageRule().choose(bag({ kkkk: "😀".repeat(2047) }))).toHaveLength(1);
    expect(new BaggageRule().choose(bag({ kkkkk: "😀".repeat(2047) }))).toBeUndefined();
  });

  test("members that are not chosen take no room", () => {
    const members = { ...many(100, "x".repeat(100)), wanted: "w" };
    expect(new BaggageRule(["wanted"]).choose(bag(members))).toEqual([["wanted", "w"]]);
  });

  test("what is not well-formed becomes so", () => {
    expect(new BaggageRule().choose(bag({ "k\ud800": "\udc00v" }))).toEqual([["k\ufffd", "\ufffdv"]]);
  });
});

import fs from "node:fs";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { report, reportUnsaid } from "../../src/report/report.ts";

const API = Symbol.for("opentelemetry.js.api.1");
const said: string[] = [];
const heard: string[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(fs, "writeSync").mockImplementation((fd, text) => said.push(`${fd}: ${String(text)}`));
});

afterEach(() => {
  // Lets every source be heard again.
  vi.advanceTimersByTime(20_000);
  vi.useRealTimers();
  vi.restoreAllMocks();
  said.length = 0;
  heard.length = 0;
});

describe("report", () => {
  test("says the first problem of a source at once, later ones as a count after 10 s, and then begins anew", () => {
    report("a", new TypeError("one"));
    for (let i = 0; i < 1000; i++) report("a", `problem ${i}`, 2);
    report("b", "other");
    expect(said).toEqual(["2: correlog: a: TypeError: one\n", "2: correlog: b: other\n"]);
    vi.advanceTimersByTime(9999);
    expect(said.length).toBe(2);
    vi.advanceTimersByTime(1);
    expect(said.slice(2)).toEqual(["2: correlog: a: 2000 more (2001 in all), last: problem 999\n"]);
    vi.advanceTimersByTime(60_000);
    expect(said.length).toBe(3);
    report("b", "again");
    expect(said.slice(3)).toEqual(["2: correlog: b: again\n"]);
  });

  test("says a source that never stops once in 10 s", () => {
    for (let ms = 0; ms < 60_000; ms += 10) {
      report("steady", "no");
      vi.advanceTimersByTime(10);
    }
    expect(said.length).toBeLessThanOrEqual(7);
    expect(said.length).toBeGreaterThanOrEqual(4);
  });

  test("begins anew by the time alone, where a timer never comes (workerd)", () => {
    vi.stubGlobal("setTimeout", () => {
      throw new Error("no timers outside of a request");
    });
    try {
      const start = Date.now();
      report("edge", "one");
      report("edge", "two");
      vi.setSystemTime(start + 9999);
      report("edge", "three");
      expect(said).toEqual(["2: correlog: edge: one\n"]);
      vi.setSystemTime(start + 10_000);
      report("edge", "four");
      expect(said.slice(1)).toEqual(["2: correlog: edge: 3 more (4 in all), last: four\n"]);
      vi.setSystemTime(start + 20_000);
      report("edge", "five");
      expect(said.slice(2)).toEqual(["2: correlog: edge: five\n"]);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test("says what is unsaid when the process ends, once", () => {
    report("end", "one");
    report("end", "two");
    reportUnsaid();
    reportUnsaid();
    expect(said.slice(1)).toEqual(["2: correlog: end: 1 more (2 in all), last: two\n"]);
  });

  const TEXTS: readonly { name: string; use: unknown; want: string }[] = [
    {
      name: "control characters as blanks: one line, that no terminal obeys",
      use: "a\n\u001b[31mb\u0085\u007fc",
      want: "a [31mb c",
    },
    { name: "at most 1000 characters", use: "x".repeat(2000), want: "x".repeat(1000) },
    { name: "whatever was thrown", use: { toString: () => "an object" }, want: "an object" },
    {
      name: "that it cannot be read, of what throws when it is read",
      use: Object.defineProperty(new Error("no"), "message", {
        get() {
          throw new Error("no");
        },
      }),
      want: "a problem that cannot be read",
    },
    { name: "undefined", use: undefined, want: "undefined" },
    { name: "a symbol", use: Symbol("s"), want: "Symbol(s)" },
  ];
  for (const { name, use, want } of TEXTS) {
    test(`writes ${name}`, () => {
      report(name.slice(0, 8), use);
      expect(said).toEqual([`2: correlog: ${name.slice(0, 8)}: ${want}\n`]);
    });
  }

  test("survives a stderr that is full", () => {
    vi.mocked(fs.writeSync).mockImplementation(() => {
      throw Object.assign(new Error("EAGAIN"), { code: "EAGAIN" });
    });
    expect(() => report("full", "one")).not.toThrow();
  });

  test("survives a runtime that has no timers outside of a request", () => {
    vi.stubGlobal("setTimeout", () => {
      throw new Error("Disallowed operation called within global scope.");
    });
    report("edge", "one");
    vi.unstubAllGlobals();
    expect(said).toEqual(["2: correlog: edge: one\n"]);
  });

  test("is heard by OpenTelemetry's diag, whose failure harms nothing", () => {
    const globals = globalThis as { [API]?: unknown };
    const diag = { warn: (line: string): void => void heard.push(line), error: () => undefined };
    globals[API] = { diag };
    report("diag", "one");
    diag.warn = () => {
      throw new Error("no");
    };
    report("diag2", "two");
    // Who hears it may report in turn.
    diag.warn = () => {
      report("diag3", "heard");
    };
    report("diag3", "three");
    Reflect.deleteProperty(globals, API);
    expect(heard).toEqual(["correlog: diag: one"]);
    expect(said.slice(2)).toEqual(["2: correlog: diag3: three\n"]);
  });
});

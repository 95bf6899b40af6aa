import { describe, expect, test } from "vitest";
import { DEBUG, ERROR, FATAL, INFO, isLevel, levelName, OFF, parseLevel, TRACE, WARN } from "../../src/level/level.ts";

const NAMES = [
  "TRACE",
  "TRACE2",
  "TRACE3",
  "TRACE4",
  "DEBUG",
  "DEBUG2",
  "DEBUG3",
  "DEBUG4",
  "INFO",
  "INFO2",
  "INFO3",
  "INFO4",
].concat(["WARN", "WARN2", "WARN3", "WARN4", "ERROR", "ERROR2", "ERROR3", "ERROR4", "FATAL", "FATAL2", "FATAL3", "FATAL4"]);

describe("levels", () => {
  test("the six names are the OpenTelemetry severity numbers", () => {
    expect({ TRACE, DEBUG, INFO, WARN, ERROR, FATAL, OFF }).toEqual({
      TRACE: 1,
      DEBUG: 5,
      INFO: 9,
      WARN: 13,
      ERROR: 17,
      FATAL: 21,
      OFF: 25,
    });
  });

  test("each level has OpenTelemetry's short name, and the name reads back", () => {
    expect(NAMES.map((_, i) => levelName(i + 1))).toEqual(NAMES);
    expect(NAMES.map((name) => parseLevel(name))).toEqual(NAMES.map((_, i) => i + 1));
  });

  test.each([
    ["info", INFO],
    ["INFO", INFO],
    [" Info\n", INFO],
    ["warning", WARN],
    ["info+2", 11],
    ["error-8", INFO],
    ["ERROR+3", 20],
    ["fatal4", 24],
    ["17", ERROR],
    [17, ERROR],
    [1, TRACE],
    [24, 24],
    ["off", OFF],
    ["silent", OFF],
    [OFF, OFF],
  ])("%j is read as %i", (input, want) => {
    expect(parseLevel(input)).toBe(want);
  });

  test.each([
    "",
    "dbg",
    "INFO+",
    "INFO-",
    "ERROR+23x",
    "info5",
    "info+100",
    "trace-1",
    "0",
    "26",
    "1.5",
    0,
    26,
    -1,
    1.5,
    Number.NaN,
    Infinity,
    null,
    undefined,
    {},
    "__proto__",
    "constructor",
  ])("%j is refused, with the option and the value named", (input) => {
    const shown = typeof input === "string" ? JSON.stringify(input) : String(input);
    expect(() => parseLevel(input as never, "logLevel")).toThrow(
      new RangeError(`logLevel: expected a level name (trace, debug, info, warn, error, fatal, off) or 1 to 24, got ${shown}`),
    );
  });

  test("a number that is no level has itself as a name", () => {
    expect([0, 25, 30, 1.5].map(levelName)).toEqual(["UNSPECIFIED", "OFF", "30", "1.5"]);
    expect([0, 1, 24, 25, 1.5, Number.NaN].map(isLevel)).toEqual([false, true, true, false, false, false]);
  });
});

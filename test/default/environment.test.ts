import fs from "node:fs";
import { expect, test, vi } from "vitest";
import { consoleHandler, defaultHandler, defaultLevels } from "../../src/default/default-handler.ts";
import { INFO } from "../../src/level/level.ts";
import { readResource } from "../../src/otel/resource.ts";

/** As `process.env` in Deno without a permission. */
const refused = new Proxy(
  {},
  {
    get(_target, name) {
      throw new Error(`NotCapable: ${String(name)}`);
    },
  },
);

test("an environment that may not be read counts as empty, which is said", () => {
  const said: unknown[] = [];
  using _ = vi.spyOn(fs, "writeSync").mockImplementation((_fd, text) => said.push(text));
  expect(defaultLevels(refused).of("any").level).toBe(INFO);
  expect(consoleHandler(refused).enabled(INFO)).toBe(true);
  expect(defaultHandler(refused).enabled(INFO)).toBe(true);
  expect(readResource(undefined, refused)).toEqual({ attributes: { "service.name": "unknown_service" } });
  expect(said).toEqual(
    ["LOG_LEVEL", "LOG_FORMAT", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"].map(
      (name) => `correlog: ${name}: Error: NotCapable: ${name}\n`,
    ),
  );
});

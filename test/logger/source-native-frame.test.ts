import { getCallSites } from "node:util";
import { expect, test, vi } from "vitest";
import { memoryHandler } from "../../src/handler/memory.ts";
import { Logger } from "../../src/logger/logger.ts";

test("a logger with source goes past frames without a script, as Deno has them for native functions", () => {
  const withNative: typeof getCallSites = (frames) => {
    // This function is one frame more.
    const [, here, ...callers] = getCallSites(Number(frames) + 1);
    const native = { ...here, functionName: "forEach", scriptName: null };
    return [here, native, ...callers] as ReturnType<typeof getCallSites>;
  };
  const spy = vi.spyOn(process, "getBuiltinModule").mockReturnValue({ getCallSites: withNative });
  try {
    const memory = memoryHandler();
    new Logger(memory, { source: true }).info("x");
    expect(memory.records[0]?.attrs).toMatchObject({ "code.file.path": "test/logger/source-native-frame.test.ts" });
  } finally {
    spy.mockRestore();
  }
});

import { Logger } from "../../src/logger/logger.ts";

// Bundled with the logger and run by source-robust.test.ts: prints where it logs.
const handler = {
  enabled: () => true,
  handle: ({ source }: { readonly source?: unknown }) => console.log(JSON.stringify(source ?? null)),
};
function pay(): void {
  new Logger(handler, { source: true }).info("x");
}
pay();

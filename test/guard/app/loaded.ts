// Loads entries of the built package, logs a record, and says which files that took, and which modules of Node's: until the record was
// made, and until it was sent. To descriptor 3.
import { writeSync } from "node:fs";
import { registerHooks } from "node:module";
import type { Handler, Logger as OneLogger } from "../../../src/index.ts";

const [dist = "", entry = "", make = ""] = process.argv.slice(2);
const files: string[] = [];
registerHooks({
  load(url, context, next) {
    files.push(url.replace(dist, ""));
    return next(url, context);
  },
});
const before = new Set(moduleList());

const exported = (await import(`${dist}${entry}`)) as { readonly [name: string]: (options: object) => Handler };
const { Logger } = (await import(`${dist}core.js`)) as { readonly Logger: typeof OneLogger };
// Nobody listens at port 9 (discard).
const options = make === "otlpHandler" ? { url: "http://127.0.0.1:9", timeoutMs: 500 } : { flushLevel: "trace" };
const logger = new Logger(exported[make]?.(options) as Handler);
logger.info("order paid", { orderId: 17 });
const made = added();
await Promise.race([logger.flush().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, 500))]);
writeSync(3, JSON.stringify({ files, made, sent: added() }));
// An exit would try to deliver once more.
process.kill(process.pid, "SIGKILL");

function moduleList(): readonly string[] {
  return (process as unknown as { readonly moduleLoadList: readonly string[] }).moduleLoadList;
}

/** Names the public modules that Node has loaded since the start. */
function added(): readonly string[] {
  const names = moduleList().filter((name) => !before.has(name) && /^NativeModule (?!internal\/)/.test(name));
  return names.map((name) => name.slice("NativeModule ".length));
}

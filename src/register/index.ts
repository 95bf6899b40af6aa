/**
 * Sets a whole app up without a line of code: `node --import correlog/register app.js`. It is the one entry whose import has effects:
 *
 * - the default logger writes as `LOG_LEVEL` and `LOG_FORMAT` say and, where `OTEL_EXPORTER_OTLP_ENDPOINT` or
 *   `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT` is set, sends by OTLP, until the app registers an OpenTelemetry LoggerProvider, which then has
 *   the records instead;
 * - what is written to the console is logged;
 * - an uncaught error or rejection is logged before the process ends as it would have;
 * - what is pending is delivered at exit.
 *
 * Each worker thread that inherits the option has its own.
 */
import { captureConsole } from "../capture/capture-console.ts";
import { defaultHandler, defaultLevels, environment } from "../default/default-handler.ts";
import { log, setDefault } from "../default/default-logger.ts";
import { fanout } from "../handler/fanout.ts";
import { Logger } from "../logger/logger.ts";
import { otlpBranches } from "./otlp-branch.ts";
import { recordUncaught } from "./uncaught.ts";

const env = environment();
// Awaited, so that the app's first record finds its way to the backend too.
const otlp = await otlpBranches(env);
setDefault(new Logger(fanout(defaultHandler(env), ...otlp), { level: defaultLevels(env) }));
captureConsole(log);
recordUncaught(log);

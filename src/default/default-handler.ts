import { jsonLines } from "../console/json-lines.ts";
import { prettyHandler } from "../console/pretty-handler.ts";
import { textHandler } from "../console/text-handler.ts";
import { fanout } from "../handler/fanout.ts";
import { INFO } from "../level/level.ts";
import { LevelRules } from "../level/level-rules.ts";
import { otelHandler } from "../otel/otel-handler.ts";
import { report } from "../report/report.ts";
import { isTerminal } from "../write/standard.ts";
import type { Handler } from "../handler/handler.ts";

/** Are environment variables, as `process.env` has them. */
export type Environment = { readonly [name: string]: string | undefined };

/** Gives the environment of this process; empty where there is none. */
export function environment(): Environment {
  return globalThis.process?.env ?? {};
}

/** Reads a variable, without blanks around it; what may not be read, as in Deno without a permission, is reported and counts as not set. */
export function variable(env: Environment, name: string): string | undefined {
  try {
    return env[name]?.trim() || undefined;
  } catch (error) {
    report(name, error);
    return undefined;
  }
}

/**
 * Makes the handler for standard output that `LOG_FORMAT` names: `json`, `text` or `pretty`. Without it: pretty on a terminal, JSON
 * elsewhere. Another value is reported, and the default used.
 */
export function consoleHandler(env: Environment = environment()): Handler {
  const asked = variable(env, "LOG_FORMAT");
  const format = asked?.toLowerCase() ?? (isTerminal(1) ? "pretty" : "json");
  if (format === "pretty") return prettyHandler();
  if (format === "text") return textHandler();
  if (format !== "json") report("LOG_FORMAT", `expected json, text or pretty, got ${JSON.stringify(asked)}`);
  return jsonLines();
}

/**
 * Makes what the default logger writes to: standard output and, where the app has registered an OpenTelemetry LoggerProvider or
 * does so later, that too.
 */
export function defaultHandler(env: Environment = environment()): Handler {
  return fanout(consoleHandler(env), otelHandler());
}

/** Reads the levels that `LOG_LEVEL` states, such as `info,db=debug,http.*=warn`. Another value is reported; then, and without it, `info`. */
export function defaultLevels(env: Environment = environment()): LevelRules {
  const text = variable(env, "LOG_LEVEL");
  try {
    return new LevelRules(text ?? INFO, "LOG_LEVEL");
  } catch (error) {
    report("LOG_LEVEL", error);
    return new LevelRules(INFO);
  }
}

import { LevelRules } from "../level/level-rules.ts";
import { LevelVar } from "../level/level-var.ts";
import { TRACE } from "../level/level.ts";
import { adoptDetached, Logger } from "../logger/logger.ts";
import { report } from "../report/report.ts";
import { defaultHandler, defaultLevels } from "./default-handler.ts";
import type { Context } from "@opentelemetry/api";
import type { Handler } from "../handler/handler.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";

/** How deep a record may come back to {@link log}, or another be logged while it is handled, so that a default of `log` itself ends. */
const MOST_NESTED = 3;

/** Hands all to the logger that is the default at the moment; the first is made from the environment at the first call. */
class Current implements Handler {
  #logger: Logger | undefined;
  #nested = 0;
  readonly #levels: CurrentLevels;

  constructor(levels: CurrentLevels) {
    this.#levels = levels;
  }

  get logger(): Logger {
    return this.#logger ?? this.set(new Logger(defaultHandler(), { level: defaultLevels() }));
  }

  set(logger: Logger): Logger {
    this.#logger = logger;
    this.#levels.follow(logger);
    return logger;
  }

  enabled(level: Level, ctx?: Context): boolean {
    // The logger's levels were asked by name, through the levels that follow it.
    return this.logger.handler.enabled(level, ctx);
  }

  handle(record: LogRecord, ctx: Context): void {
    if (this.#nested >= MOST_NESTED) {
      report("logger", "the default logger writes to log, and so to itself: nested records dropped");
      return;
    }
    this.#nested++;
    try {
      this.logger.handle(record, ctx);
    } finally {
      this.#nested--;
    }
  }

  async flush(): Promise<void> {
    await this.#logger?.flush();
  }

  async shutdown(): Promise<void> {
    await this.#logger?.shutdown();
  }
}

/** Lets pass what the current default logger lets pass, name by name, so that a disabled call stays a comparison. */
class CurrentLevels extends LevelRules {
  readonly #issued = new Map<string, LevelVar>();
  #logger: Logger | undefined;

  override of(name: string): LevelVar {
    let level = this.#issued.get(name);
    if (level === undefined) {
      // Until the first default logger is made, all pass, and are asked about one by one.
      level = new LevelVar(TRACE);
      if (this.#logger !== undefined) level.follow(this.#logger.named(name).threshold);
      if (this.#issued.size < MOST_NAMES) this.#issued.set(name, level);
    }
    return level;
  }

  follow(logger: Logger): void {
    this.#logger = logger;
    for (const [name, level] of this.#issued) level.follow(logger.named(name).threshold);
  }
}

const MOST_NAMES = 1024;
// Marked as pure, so that bundles of apps that never use the default logger do without it, and all that it can write to.
const levels = /* @__PURE__ */ new CurrentLevels();
const current = /* @__PURE__ */ new Current(levels);

/**
 * Logs without any set-up: pretty on a terminal, JSON elsewhere, and to the app's OpenTelemetry LoggerProvider where one is
 * registered, before or after. `LOG_LEVEL` and `LOG_FORMAT` choose levels and format. Loggers that are made from it, at any time,
 * follow {@link setDefault}.
 */
export const log: Logger = /* @__PURE__ */ adoptDetached(/* @__PURE__ */ new Logger(current, { level: levels }));

/**
 * Makes another logger the default: {@link log}, and all made from it, write to it from now on, with its levels and what it bound.
 *
 * A handler of it that writes to {@link log}, and so to itself, is heard three times a record; the rest is dropped and reported.
 *
 * @throws TypeError when it is no Logger, or is one made from {@link log}, which would write to itself.
 */
export function setDefault(logger: Logger): void {
  if (logger === log) return;
  if (!(logger instanceof Logger)) throw new TypeError(`setDefault: expected a Logger, got ${String(logger)}`);
  if (logger.handler === current) {
    throw new TypeError(
      "setDefault: expected a logger of its own, such as new Logger(defaultHandler()).with(…), got one made from log",
    );
  }
  current.set(logger);
}

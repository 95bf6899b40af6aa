import type { BaggageInput } from "../context/baggage.ts";
import type { LevelInput } from "../level/level.ts";
import type { LevelRules } from "../level/level-rules.ts";
import type { LevelVar } from "../level/level-var.ts";
import type { SourceOptions } from "./call-site.ts";

/** Configures a {@link Logger}. */
export interface LoggerOptions {
  /** The lowest level to log, or levels by logger name (`info,db=debug,http.*=warn`), or one that moves. Default: `info`. */
  readonly level?: LevelInput | LevelVar | LevelRules;
  /** Names the logger; OpenTelemetry's instrumentation scope. Default: none. */
  readonly name?: string;
  /** Chooses which baggage of the context becomes attributes. Default: all, at most 64 members and 8 KiB. */
  readonly baggage?: BaggageInput;
  /**
   * Says where a record was made: `code.function.name`, `code.file.path` relative to the working directory, `code.line.number`. Frames of
   * wrappers are skipped by their files. It costs about 9 µs a record (Node 24, `bench/source.ts`), so it is off by default. Node, where there are
   * call sites.
   */
  readonly source?: boolean | SourceOptions;
  /** Gives the time of a record in milliseconds since the epoch. Default: `Date.now`. */
  readonly clock?: () => number;
}

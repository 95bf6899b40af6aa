import { DEBUG_MEMBER } from "../context/baggage.ts";
import { activeContext, baggageOf, spanOf } from "../context/otel-api.ts";
import { INFO, OFF, parseLevel, TRACE } from "../level/level.ts";
import { LevelRules } from "../level/level-rules.ts";
import { LevelVar } from "../level/level-var.ts";
import { toHandler } from "./children.ts";
import { DebugVerifier, holdsToken } from "./debug-token.ts";
import { delegate } from "./delegate.ts";
import { aFunction, expected, knownOptions } from "./option.ts";
import type { Baggage, Context } from "@opentelemetry/api";
import type { BaggageMembers } from "../context/baggage.ts";
import type { Middleware } from "../handler/handler.ts";
import type { Level, LevelInput } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { DebugGrant, SigningKey } from "./debug-token.ts";

/** Configures {@link debugRequest}. */
export interface DebugRequestOptions {
  /** The key that tokens are signed with, at least 16 bytes, or several, of which each verifies. */
  readonly key: SigningKey;
  /** The level of requests that carry no token, or levels by logger name (`info,db=warn`), or one that moves. Default: `info`. */
  readonly level?: LevelInput | LevelVar | LevelRules | undefined;
  /** The lowest level that a token may ask for. Default: `trace`. */
  readonly lowest?: LevelInput | undefined;
  /** The member of the baggage that holds the token. Default: `correlog.debug`. */
  readonly member?: string | undefined;
  /** Gives the time, for the end of tokens. Default: `Date.now`. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Logs one request in detail, across services: where the context's baggage carries a token that {@link signDebug} made with the same
 * key, and that has not ended, its level holds for that trace alone, whatever the logger's name. It decides in `enabled`, so that all
 * other debug calls make no record. A token that does not verify changes nothing. A token is verified once for each context; the
 * member is taken out of the record's attributes, being a credential.
 *
 * It stands in place of the logger's own level, which holds for every request and cannot be lowered from here: give the levels to
 * this, and make the logger with the lowest, `new Logger(handler, { level: "trace" })`. With levels by name, `enabled` goes by the
 * lowest of them, because it is asked without a name, and a record that is below its own logger's is dropped when it comes.
 *
 * @throws TypeError or RangeError when an option is not what is expected.
 *
 * @example
 * ```ts
 * import { jsonHandler, Logger } from "correlog";
 * import { debugRequest } from "correlog/middleware";
 *
 * const quiet = debugRequest({ key: process.env["LOG_DEBUG_KEY"] ?? "a key of 16 bytes or more", level: "info,db=warn" });
 * const logger = new Logger(quiet(jsonHandler()), { level: "trace" });
 * logger.debug("only for requests with a token");
 * ```
 */
export function debugRequest(options: DebugRequestOptions): Middleware {
  knownOptions("debugRequest", options, ["key", "level", "lowest", "member", "clock"]);
  const { key, level = INFO, lowest = TRACE, member = DEBUG_MEMBER, clock = Date.now } = options;
  if (typeof member !== "string" || member === "")
    throw new TypeError(expected("member", "the name of a baggage member", member));
  aFunction("clock", clock);
  const verifier = new DebugVerifier(key);
  const levels = level instanceof LevelRules ? level : new LevelRules(level);
  const usual = levels.lowest();
  const floor = parseLevel(lowest, "lowest");
  const own = LevelVar.lowestOf([usual, new LevelVar(floor)]);
  return (next) => {
    const { threshold } = toHandler("debugRequest", next);
    const grants = new Grants(verifier, member, clock);
    const withoutToken = new TokenFilter(member);
    const isRaised = (asked: Level, ctx: Context): boolean => asked >= floor && grants.levelOf(ctx) <= asked;
    return delegate(next, {
      threshold: threshold === undefined ? own : LevelVar.highestOf([own, threshold]),
      enabled: (asked, ctx) => (asked >= usual.level || isRaised(asked, ctx ?? activeContext())) && next.enabled(asked, ctx),
      handle(record, ctx) {
        const { baggage, logger = "" } = record;
        // Let through for the sake of another logger's name.
        if (record.level < levels.levelOf(logger) && !isRaised(record.level, ctx)) return undefined;
        // What an async handler gives is the logger's to watch: a rejection that nobody sees ends the process.
        return next.handle(baggage === undefined ? record : withoutToken.filter(record, baggage, ctx), ctx);
      },
    });
  };
}

/** Remembers what the contexts were granted; a context never changes. */
class Grants {
  readonly #verifier: DebugVerifier;
  readonly #member: string;
  readonly #clock: () => number;
  readonly #byContext = new WeakMap<Context, DebugGrant | typeof NONE>();
  /** One request makes many contexts over the same baggage: verifying takes 5 µs, and what is to be verified is a client's input. */
  readonly #byBaggage = new WeakMap<Baggage, DebugGrant | typeof NONE>();
  #lastContext: Context | undefined;
  #lastGrant: DebugGrant | typeof NONE = NONE;

  constructor(verifier: DebugVerifier, member: string, clock: () => number) {
    this.#verifier = verifier;
    this.#member = member;
    this.#clock = clock;
  }

  levelOf(ctx: Context): Level {
    if (ctx !== this.#lastContext) {
      this.#lastGrant = this.#look(ctx);
      this.#lastContext = ctx;
    }
    const grant = this.#lastGrant;
    // A clock that gives no number ends every token.
    return grant !== NONE && this.#clock() < grant.expires ? grant.level : OFF;
  }

  #look(ctx: Context): DebugGrant | typeof NONE {
    const baggage = baggageOf(ctx);
    if (baggage === undefined) return NONE;
    let grant = this.#byContext.get(ctx);
    if (grant === undefined) {
      grant = this.#read(baggage);
      if (grant !== NONE && grant.traceId !== undefined && grant.traceId !== traceOf(ctx)) grant = NONE;
      this.#byContext.set(ctx, grant);
    }
    return grant;
  }

  #read(baggage: Baggage): DebugGrant | typeof NONE {
    let grant = this.#byBaggage.get(baggage);
    if (grant === undefined) {
      const token = baggage.getEntry(this.#member)?.value;
      grant = token === undefined ? NONE : (this.#verifier.verify(String(token)) ?? NONE);
      this.#byBaggage.set(baggage, grant);
    }
    return grant;
  }
}

const NONE = Symbol("no grant");

function traceOf(ctx: Context): string | undefined {
  return spanOf(ctx)?.spanContext().traceId.toLowerCase();
}

class TokenFilter {
  readonly #member: string;
  #last: BaggageMembers | undefined;
  #lastFiltered: BaggageMembers | undefined;

  constructor(member: string) {
    this.#member = member;
  }

  filter(record: LogRecord, members: BaggageMembers, ctx: Context): LogRecord {
    if (members !== this.#last) {
      const given = baggageOf(ctx)?.getEntry(this.#member)?.value;
      const others = members.filter(([key, value]) => !this.#isToken(key, value, given));
      this.#last = members;
      this.#lastFiltered = others.length === members.length ? members : others.length === 0 ? undefined : others;
    }
    return this.#lastFiltered === members ? record : { ...record, baggage: this.#lastFiltered };
  }

  /** A logger may put a prefix before the keys of members; what else ends so is another member. */
  #isToken(key: string, value: string, given: unknown): boolean {
    if (!key.endsWith(this.#member)) return false;
    return key.length === this.#member.length || value === given || holdsToken(value);
  }
}

import { isShort, ownText } from "../value/own-text.ts";
import { textHash } from "../value/text-hash.ts";
import type { Level } from "../level/level.ts";
import type { LogRecord } from "../record/log-record.ts";
import type { LineFrame } from "./line-frame.ts";

const MOST_SITES = 1024;
/** From so many records in a row on a site is worth the 5 µs that it takes to be made. */
const OFTEN = 32;
/** From so many on it is worth to take the place of another, or to have a frame with what is bound: both may come and go. */
const MANY = 1024;
/** The message after so many that look alike is to be the same at the end. */
const SOME = 16;

/** Is a call site that logs often. */
export interface LineSite {
  readonly message: string;
  readonly level: Level;
  readonly logger: string | undefined;
  readonly eventName: string | undefined;
  /** Is what its lines have alike, whatever is bound. */
  readonly head: LineFrame;
  /** Is the same with what is bound, once that was often the same. */
  whole: LineFrame;
  /** Is what was bound last and is not in `whole`, and how often in a row. */
  bound: number;
  times: number;
}

/**
 * Keeps call sites. A record that has none leaves a number here, and not its message, which may hold on to a larger text that it was cut out of.
 */
export class LineSites {
  // Filled, because a function for each place takes longer at start.
  readonly #sites: (LineSite | undefined)[] = Array.from<LineSite | undefined>({ length: MOST_SITES }).fill(undefined);
  /** Tells the records that had no site last, by a hash. */
  readonly #seen: Int32Array = new Int32Array(MOST_SITES);
  readonly #times: Uint16Array = new Uint16Array(MOST_SITES);
  /** Tells one of their messages, by a hash of all units. */
  readonly #messages: Int32Array = new Int32Array(MOST_SITES);
  #last: LineSite | undefined;
  /** Is that of the message that was looked for last. */
  #hash = 0;

  /** Gives the site of a record. */
  of(record: LogRecord): LineSite | undefined {
    const last = this.#last;
    if (last !== undefined && isOf(last, record)) return last;
    this.#hash = hashOf(record.message);
    const site = this.#sites[this.#hash & (MOST_SITES - 1)];
    if (site === undefined || !isOf(site, record)) return undefined;
    return (this.#last = site);
  }

  /** Counts a record of which {@link LineSites.of} gave no site just now; true when it is to have one. */
  isDue({ message, level, logger, eventName }: LogRecord): boolean {
    if (!isShort(message) || !isShort(logger) || !isShort(eventName)) return false;
    const place = this.#hash & (MOST_SITES - 1);
    const seen = (this.#hash + level * 31 + (logger === undefined ? 0 : hashOf(logger) * 127)) | 0;
    const times = this.#seen[place] === seen ? (this.#times[place] as number) + 1 : 0;
    this.#seen[place] = seen;
    this.#times[place] = times;
    if (times === SOME) this.#messages[place] = wholeHash(message);
    if (times !== (this.#sites[place] === undefined ? OFTEN : MANY)) return false;
    this.#times[place] = 0;
    return this.#messages[place] === wholeHash(message);
  }

  /** Keeps its site, in the place of one whose message falls to the same. */
  add({ message, level, logger, eventName }: LogRecord, head: LineFrame): void {
    const own = { message: ownText(message), logger: logger && ownText(logger), eventName: eventName && ownText(eventName) };
    this.#sites[this.#hash & (MOST_SITES - 1)] = { ...own, level, head, whole: head, bound: 0, times: 0 };
  }
}

/** Counts a line of a site with what is bound there; true when that is to be in its frame. */
export function isBoundDue(site: LineSite, bound: number): boolean {
  site.times = site.bound === bound ? site.times + 1 : 0;
  site.bound = bound;
  return bound !== 0 && site.times === MANY;
}

function isOf(site: LineSite, { message, level, logger, eventName }: LogRecord): boolean {
  return site.message === message && site.level === level && site.logger === logger && site.eventName === eventName;
}

function hashOf(text: string): number {
  return text === "" ? 0 : textHash(text);
}

/** Tells texts apart by all of their units. */
function wholeHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

import { INFO, levelName, OFF, parseLevel, TRACE } from "./level.ts";
import type { Level, LevelInput } from "./level.ts";

/** Followers that are not worth a look for dead ones. */
const FEW = 64;

/**
 * Holds a level that moves while the program runs; all who were given it follow at once: slog's `LevelVar`. It is read on
 * every log call, as one integer.
 *
 * @example
 * ```ts
 * const level = new LevelVar("info");
 * const logger = new Logger(jsonHandler(), { level });
 * level.set("debug"); // loggers made by with(), withGroup() and named() follow too
 * ```
 */
export class LevelVar {
  #level: Level;
  #choose: (() => Level) | undefined;
  readonly #followers = new Set<WeakRef<LevelVar>>();
  #sweepAt = FEW;

  /** @throws RangeError when `level` is no level. Default: `INFO`. */
  constructor(level: LevelInput = INFO) {
    this.#level = parseLevel(level);
  }

  /**
   * Makes a level that is computed from others and moves when one of them does. The others do not hold it: it is collected
   * with its last user.
   */
  static derived(sources: readonly LevelVar[], choose: () => Level): LevelVar {
    const derived = new LevelVar(choose());
    derived.#choose = choose;
    const ref = new WeakRef(derived);
    for (const source of sources) source.#follow(ref);
    return derived;
  }

  /** Makes a level that is always the lowest of some others (`OFF` for none): what a fan-out lets pass. */
  static lowestOf(levels: readonly LevelVar[]): LevelVar {
    return only(levels) ?? LevelVar.derived(levels, () => levels.reduce((low, each) => Math.min(low, each.#level), OFF));
  }

  /** Makes a level that is always the highest of some others: what two thresholds in a row let pass. */
  static highestOf(levels: readonly LevelVar[]): LevelVar {
    return only(levels) ?? LevelVar.derived(levels, () => levels.reduce((high, each) => Math.max(high, each.#level), TRACE));
  }

  /** What it is now: 1 to 24, or `OFF`, 25. */
  get level(): Level {
    return this.#level;
  }

  /** @throws RangeError when `level` is no level; the old one stays. */
  set(level: LevelInput): void {
    this.#move(parseLevel(level));
  }

  /** Makes this level be what another is, from now on and whenever that one moves. */
  follow(source: LevelVar): void {
    this.#choose = () => source.#level;
    source.#follow(new WeakRef(this));
    this.update();
  }

  /** Computes a derived level again, for when what it depends on is no level; does nothing to one that is set by hand. */
  update(): void {
    if (this.#choose !== undefined) this.#move(this.#choose());
  }

  /** Shows it to a person: `LevelVar(INFO)`. */
  toString(): string {
    return `LevelVar(${levelName(this.#level)})`;
  }

  /** A logger made in each request leaves a reference behind: whenever their number has doubled, those to nobody are let go of. */
  #follow(ref: WeakRef<LevelVar>): void {
    this.#followers.add(ref);
    if (this.#followers.size < this.#sweepAt) return;
    for (const each of this.#followers) if (each.deref() === undefined) this.#followers.delete(each);
    this.#sweepAt = Math.max(FEW, 2 * this.#followers.size);
  }

  #move(level: Level): void {
    if (level === this.#level) return;
    this.#level = level;
    for (const ref of this.#followers) {
      const follower = ref.deref();
      if (follower === undefined) this.#followers.delete(ref);
      else follower.update();
    }
  }
}

function only(levels: readonly LevelVar[]): LevelVar | undefined {
  return levels.length === 1 ? levels[0] : undefined;
}

import { expected } from "./option.ts";

/** Is where a walk through attributes stands among the rules by path and by key: what the keys so far leave to match. */
export interface RuleState {
  /** The value here is to be censored, with all that is in it. */
  readonly hit: boolean;
  /** Something below may still be censored because of its path or key. */
  readonly alive: boolean;
  /** Something below may be censored because of its path: then an index of an array counts as a key. */
  readonly byPath: boolean;
  /** Stands before the first member: its `next` is the one that came first the last time. */
  readonly start: Step;
  /** Goes down to a member. A key with dots goes down as many steps, so that `a.b` and `a` with `b` in it are one path. */
  step(key: string): Step;
}

/** Is a step down to a member: the state there, and the key as it is shown. */
export interface Step {
  /** The key that was stepped by; empty where none was. A string in every step, so that keys compare as pointers. */
  readonly key: string;
  readonly name: string;
  readonly state: RuleState;
  /** The key is no rule's, and shown as it is. The empty key is not: its members stand where it stands. */
  readonly isClear: boolean;
  /** The member that followed last of those that are asked no more: a call site passes the same keys in the same order, which is seen by comparing them. */
  next: Step;
  /** How often the value here is still asked whether it is a getter's. Never 0 where it is not clear: one look tells both. */
  unasked: number;
  /** The text that stood here last and had nothing that a pattern finds; empty where none is kept. */
  clean: string;
  /** How many more texts are kept here, each in place of the one before; the last of them lets go of it. */
  unkept: number;
}

/** How many steps are kept; beyond, where keys come from data, they are computed. */
const MOST_KEPT = 8192;
const DEEPEST = 64;

/**
 * Compiles paths and keys into states, each made when a key first leads to it: going down costs one look-up in a Map, however many
 * rules there are.
 */
export class RedactRules {
  readonly root: RuleState;
  readonly #paths: readonly (readonly string[])[];
  readonly #keys: ReadonlySet<string>;
  readonly #patterns: readonly RegExp[];
  readonly #rename: (key: string) => string;
  readonly #states = new Map<string, RuleState>();
  #kept = 0;

  /**
   * @param rename gives the text under which a key is shown.
   * @throws TypeError or RangeError when a path or a key is none, naming its place.
   */
  constructor(paths: readonly string[], keys: readonly (string | RegExp)[], rename: (key: string) => string) {
    this.#rename = rename;
    this.#paths = paths.map(parsePath);
    this.#keys = new Set(keys.filter((key) => typeof key === "string").map((key) => key.toLowerCase()));
    this.#patterns = keys
      .filter((key) => key instanceof RegExp)
      .map((key) => new RegExp(key.source, key.flags.replaceAll(/[gy]/g, "")));
    for (const [place, key] of keys.entries()) checkKey(key, `keys: place ${place}`);
    this.root = this.#state(new Set(this.#paths.flatMap((path, index) => this.#from(path, index, 0))), false);
  }

  /** Gives the positions that a path is at before a segment: `**` may also stand for none. */
  #from(path: readonly string[], index: number, at: number): readonly number[] {
    const position = index * DEEPEST + at;
    return path[at] === "**" ? [position, ...this.#from(path, index, at + 1)] : [position];
  }

  #state(positions: ReadonlySet<number>, keyHit: boolean): RuleState {
    const live = [...positions].filter((position) => position % DEEPEST < this.#lengthAt(position)).toSorted((a, b) => a - b);
    const hit = keyHit || live.length < positions.size;
    const id = `${hit}${live.join()}`;
    const known = this.#states.get(id);
    if (known !== undefined) return known;
    const alive = live.length > 0 || this.#keys.size > 0 || this.#patterns.length > 0;
    const state = new State(hit, alive, live.length > 0, (key, steps) => this.#keep(steps, key, live));
    this.#states.set(id, state);
    return state;
  }

  #keep(steps: Map<string, Step>, key: string, live: readonly number[]): Step {
    const step = new KeyStep(key, this.#rename(key), this.#next(key, live), NO_STEP);
    if (this.#kept++ < MOST_KEPT) steps.set(key, step);
    return step;
  }

  #next(key: string, live: readonly number[]): RuleState {
    const lower = key.toLowerCase();
    const segments = key.split(".");
    const keyHit =
      [lower, ...lower.split(".")].some((part) => this.#keys.has(part)) ||
      [key, ...segments].some((part) => this.#patterns.some((pattern) => pattern.test(part)));
    let positions: ReadonlySet<number> = new Set(live);
    for (const segment of segments) {
      positions = new Set([...positions].flatMap((position) => this.#advance(position, segment)));
      // A path may end amid a key with dots: all of `a.b` lies below `a`.
      if ([...positions].some((position) => position % DEEPEST >= this.#lengthAt(position))) return this.#state(positions, true);
    }
    return this.#state(positions, keyHit);
  }

  #advance(position: number, segment: string): readonly number[] {
    const index = Math.floor(position / DEEPEST);
    const at = position % DEEPEST;
    const path = this.#paths[index] ?? [];
    const rule = path[at];
    if (rule === "**") return this.#from(path, index, at);
    return rule === "*" || rule === segment ? this.#from(path, index, at + 1) : [];
  }

  #lengthAt(position: number): number {
    return this.#paths[Math.floor(position / DEEPEST)]?.length ?? 0;
  }
}

/** How often a value's place is looked at for a getter; one where a getter was is always looked at. */
const MOST_ASKED = 64;
/** Is the count of {@link Step.unasked} that does not go down: asked for good. */
export const FOR_GOOD: number = 2 ** 30;
/** How many texts a place keeps, one after the other. */
const MOST_TEXTS = 64;

/** All are of one shape: where one had accessors, a scan of three keys took 34 ns instead of 25. */
class KeyStep implements Step {
  readonly key: string;
  readonly name: string;
  readonly state: RuleState;
  readonly isClear: boolean;
  next: Step;
  unasked: number;
  clean = "";
  unkept: number;

  constructor(key: string, name: string, state: RuleState, next?: Step) {
    this.key = key;
    this.name = name;
    this.state = state;
    this.isClear = key !== "" && name === key && !state.hit;
    this.next = next ?? this;
    this.unasked = this.isClear ? MOST_ASKED : FOR_GOOD;
    this.unkept = this.isClear ? MOST_TEXTS : 0;
  }
}

class State implements RuleState {
  readonly hit: boolean;
  readonly alive: boolean;
  readonly byPath: boolean;
  readonly start: Step;
  readonly #steps = new Map<string, Step>();
  readonly #make: (key: string, steps: Map<string, Step>) => Step;

  constructor(hit: boolean, alive: boolean, byPath: boolean, make: (key: string, steps: Map<string, Step>) => Step) {
    this.hit = hit;
    this.alive = alive;
    this.byPath = byPath;
    this.#make = make;
    this.start = new KeyStep("", "", this, NO_STEP);
  }

  step(key: string): Step {
    return this.#steps.get(key) ?? this.#make(key, this.#steps);
  }
}

/** Is below a group that is censored as a whole. */
export const ALL_HIT: RuleState = {
  hit: true,
  alive: true,
  byPath: true,
  // Nothing is looked for below: all of it is hit.
  get start(): Step {
    return NO_STEP;
  },
  step: (key) => new KeyStep(key, key, ALL_HIT, NO_STEP),
};

/** Is no member's, and nothing follows it. A member may have its key all the same. */
export const NO_STEP: Step = /* @__PURE__ */ new KeyStep("\0", "\0", ALL_HIT);

function parsePath(path: unknown, place: number): readonly string[] {
  const option = `paths: place ${place}`;
  if (typeof path !== "string" || path === "") throw new TypeError(expected(option, "a path such as req.headers.*", path));
  const dotted = withDots(path);
  if (dotted !== path) throw new RangeError(expected(option, dotted, path));
  const segments = path.split(".");
  if (
    segments.length >= DEEPEST ||
    segments.some((each) => each === "" || (each.includes("*") && each !== "*" && each !== "**"))
  ) {
    throw new RangeError(expected(option, `less than ${DEEPEST} keys, * or **, joined by dots`, path));
  }
  // At the end `**` means what is below, not what is here: the members at the next step already take all below them along.
  return segments.flatMap((each, at) =>
    each !== "**" ? [each] : segments[at + 1] === "**" ? [] : at === segments.length - 1 ? ["*"] : [each],
  );
}

/** Writes what stands in brackets behind a dot, as other libraries have it: an index, a `*`, a key in quotes. */
function withDots(path: string): string {
  const inBrackets = /\.?\[(?:(\d+|\*{1,2})|(["'])(.+?)\2)\](?=[.[]|$)/g;
  return path.replaceAll(
    inBrackets,
    (_, step: string | undefined, __, key: string, at: number) => `${at === 0 ? "" : "."}${step ?? key}`,
  );
}

function checkKey(key: unknown, option: string): void {
  if (key instanceof RegExp || (typeof key === "string" && key !== "" && !key.includes("*"))) return;
  throw new TypeError(expected(option, "a key's name or a pattern", key));
}

import { isShort, ownText } from "../value/own-text.ts";
import { DEBUG, INFO, parseLevel, TRACE } from "./level.ts";
import { LevelVar } from "./level-var.ts";
import { namePattern } from "./name-pattern.ts";
import type { Level, LevelInput } from "./level.ts";

/**
 * Chooses a level by a logger's name: `info,db=debug,http.*=warn`. A bare level is the default; `db` stands for the logger
 * `db` and all below it (`db.pool`); `*` stands for any run of characters. The longest pattern that fits wins, among equals the
 * later one.
 */
export class LevelRules {
  readonly #base: LevelVar;
  #rules: readonly Rule[] = [];
  /** One variable a name, so that a logger asked for a thousand times costs one; bounded, because a name may come from data. */
  readonly #byName = new Map<string, LevelVar>();
  /** Moves whenever the rules change, so that all names follow, also those beyond the bound. */
  readonly #change = new LevelVar(TRACE);

  /**
   * @param option names the option in the error.
   * @throws RangeError when a part of the text is no rule. Default: `info` for all.
   */
  constructor(level: LevelInput | LevelVar = INFO, option = "level") {
    this.#base = level instanceof LevelVar ? level : new LevelVar(INFO);
    if (!(level instanceof LevelVar)) this.set(level, option);
  }

  /**
   * Replaces all rules while the program runs; loggers made before follow.
   *
   * @throws RangeError when a part is no rule; the old rules stay.
   */
  set(level: LevelInput, option = "level"): void {
    const { base, rules } = parseRules(level, option);
    this.#rules = rules;
    this.#base.set(base);
    this.#change.set(this.#change.level === TRACE ? DEBUG : TRACE);
  }

  /** Gives the level of the logger of this name, and the same variable for the same name; of `""`, the default level. */
  of(name: string): LevelVar {
    if (name === "") return this.#base;
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const level = LevelVar.derived([this.#base, this.#change], () => fitting(this.#rules, name)?.level ?? this.#base.level);
    if (this.#keeps(name)) this.#byName.set(ownText(name), level);
    return level;
  }

  /** Gives the level of this name as it is now, and makes nothing where there is no variable for it: for who asks with each record. */
  levelOf(name: string): Level {
    if (name === "") return this.#base.level;
    const known = this.#byName.get(name) ?? (this.#keeps(name) ? this.of(name) : undefined);
    return known === undefined ? (fitting(this.#rules, name)?.level ?? this.#base.level) : known.level;
  }

  /** Gives the lowest level of any name: what a handler must let through that is asked without one. It follows as the others do. */
  lowest(): LevelVar {
    const choose = (): number => this.#rules.reduce((low, { level }) => Math.min(low, level), this.#base.level);
    return LevelVar.derived([this.#base, this.#change], choose);
  }

  #keeps(name: string): boolean {
    return this.#byName.size < MAX_NAMES && isShort(name);
  }
}

const MAX_NAMES = 1024;

interface Rule {
  readonly pattern: string;
  readonly fits: (name: string) => boolean;
  readonly level: number;
}

function fitting(rules: readonly Rule[], name: string): Rule | undefined {
  return rules.find((rule) => rule.fits(name));
}

function parseRules(text: LevelInput, option: string): { base: number; rules: readonly Rule[] } {
  // What every start calls is short: the rest is compiled by who needs it.
  return typeof text === "string" ? parseText(text, option) : { base: parseLevel(text, option), rules: [] };
}

function parseText(text: string, option: string): { base: number; rules: readonly Rule[] } {
  const rules: Rule[] = [];
  let base = INFO;
  for (const part of text.split(",")) {
    const at = part.indexOf("=");
    const pattern = part.slice(0, Math.max(at, 0)).trim();
    if (part.trim() === "" && text.includes(",")) continue;
    const level = parseLevel(part.slice(at + 1), option);
    if (at < 0 || pattern === "*") base = level;
    else if (/^[^\s"'=;]+$/.test(pattern)) rules.push({ pattern, fits: namePattern(pattern), level });
    else throw new RangeError(`${option}: expected rules such as "info,db=debug,http.*=warn", got ${JSON.stringify(text)}`);
  }
  // Longest first; sort is stable, so reversing first lets the later of two equals win.
  return { base, rules: rules.toReversed().toSorted((a, b) => b.pattern.length - a.pattern.length) };
}

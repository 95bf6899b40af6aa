import { isObjectLiteral } from "../value/classify.ts";
import { Group, mergeGroups } from "../value/plain.ts";
import { resolveAttrs, resolveGroup } from "../value/resolve.ts";
import { DEFAULT_LIMITS } from "../value/limits.ts";
import type { Limits } from "../value/limits.ts";
import type { ResolvedAttrs } from "../value/resolve.ts";
import type { Attrs } from "./attrs.ts";

/** Is what one more format kept with a chain. */
interface Kept {
  readonly keeper: object;
  readonly form: unknown;
  readonly next: Kept | undefined;
  /** How many there are with this one. */
  readonly count: number;
}

/** More outputs than these come and go, as those of tests do: a logger that stays must not hold them (32 KB each). */
const FEW = 4;

const NONE: ResolvedAttrs = { attrs: new Group(), dropped: 0 };

/**
 * Is one step of what was bound to a logger by `with()` or `withGroup()`: an immutable chain, from the newest step to the oldest.
 * Formats render it once and keep the result by its identity.
 */
export class Binding {
  /** The step before; undefined at the oldest. */
  readonly parent: Binding | undefined;
  /** The name of the group that this step opens; later attributes go into it. */
  readonly group: string | undefined;
  /** The attributes that this step binds, as they were given. */
  readonly attrs: Attrs | undefined;
  #own: ResolvedAttrs | undefined;
  #keeper: object | undefined;
  #kept: unknown;
  #more: Kept | undefined;
  #many: WeakMap<object, unknown> | undefined;

  private constructor(parent: Binding | undefined, group: string | undefined, attrs: Attrs | undefined) {
    this.parent = parent;
    this.group = group;
    this.attrs = attrs;
  }

  /** Binds attributes. They are copied, one level deep: keys that the caller adds or changes later are not seen. */
  static attrs(parent: Binding | undefined, attrs: Attrs): Binding {
    return new Binding(parent, undefined, copy(attrs));
  }

  /** Opens a group. */
  static group(parent: Binding | undefined, name: string): Binding {
    return new Binding(parent, name.toWellFormed(), undefined);
  }

  /** Puts one chain around another. */
  static join(outer: Binding, inner: Binding): Binding {
    return bindingSteps(inner).reduce((parent, step) => new Binding(parent, step.group, step.attrs), outer);
  }

  /**
   * Gives what a format kept here by {@link Binding.keep}. The first one has a place of its own, a few more are found one by one: there are as
   * many as outputs, and a WeakMap costs more than the line of a logger that lives for one request.
   */
  kept(keeper: object): unknown {
    if (this.#keeper === keeper) return this.#kept;
    for (let kept = this.#more; kept !== undefined; kept = kept.next) if (kept.keeper === keeper) return kept.form;
    return this.#many?.get(keeper);
  }

  /** Keeps a format's own form of this chain; once, or values would be asked again what they are. */
  keep(keeper: object, form: unknown): void {
    if (this.#keeper === undefined) {
      this.#keeper = keeper;
      this.#kept = form;
    } else if (this.#many !== undefined) this.#many.set(keeper, form);
    else {
      const kept = { keeper, form, next: this.#more, count: (this.#more?.count ?? 0) + 1 };
      this.#many = kept.count > FEW ? weakly(kept) : undefined;
      this.#more = kept.count > FEW ? undefined : kept;
    }
  }

  /** Gives this step's attributes as plain values, resolved once for all outputs of the same limits. */
  own(limits: Limits): ResolvedAttrs {
    if (this.attrs === undefined) return NONE;
    if (limits === DEFAULT_LIMITS) return (this.#own ??= resolveAttrs(this.attrs));
    let own = this.kept(limits) as ResolvedAttrs | undefined;
    if (own === undefined) this.keep(limits, (own = resolveAttrs(this.attrs, limits)));
    return own;
  }
}

/** Gives the steps of a chain from the oldest to the newest. */
export function bindingSteps(binding: Binding | undefined): readonly Binding[] {
  const steps: Binding[] = [];
  for (let step = binding; step !== undefined; step = step.parent) steps.push(step);
  return steps.reverse();
}

/**
 * Puts what is bound around a record's own attributes: one group from the root; empty groups leave no trace. From the oldest step to
 * the newest, because merging is not associative: a value that stood for a group must not let that group's members come back.
 */
export function bind(binding: Binding | undefined, own: Group, limits: Limits = DEFAULT_LIMITS): Group {
  let root = NONE.attrs;
  const open: string[] = [];
  for (const step of bindingSteps(binding)) {
    if (step.group === undefined) root = mergeGroups(root, inGroups(open, step.own(limits).attrs));
    else open.push(step.group);
  }
  return mergeGroups(root, inGroups(open, own));
}

/** Counts the attributes that were bound beyond the limit. */
export function boundTooMany(binding: Binding | undefined, limits: Limits): number {
  let dropped = 0;
  for (let step = binding; step !== undefined; step = step.parent) dropped += step.own(limits).dropped;
  return dropped;
}

function weakly(first: Kept): WeakMap<object, unknown> {
  const forms = new WeakMap<object, unknown>();
  for (let kept: Kept | undefined = first; kept !== undefined; kept = kept.next) forms.set(kept.keeper, kept.form);
  return forms;
}

function inGroups(names: readonly string[], members: Group): Group {
  return members.size === 0 ? members : names.reduceRight((inner, name) => new Group([[name, inner]]), members);
}

function copy(attrs: Attrs): Attrs {
  // A spread would run getters and lose those behind one that throws; what is no literal is resolved as a whole, at first use.
  try {
    return isObjectLiteral(attrs) ? { ...attrs } : attrs;
  } catch {
    return Object.fromEntries(resolveGroup(attrs));
  }
}

import { expected, show } from "./option.ts";

/** Bounds what one record may carry. What is cut is said in the record: by a marker at its place, or by the count of dropped attributes. */
export interface Limits {
  /** Levels of nesting below an attribute; what lies deeper becomes `[Depth]`. 1 to 64, default 64: the specification's AttributeValueDepthLimit. */
  readonly depth: number;
  /** UTF-16 units of one string; the rest is cut and its length said. Default 65,536. */
  readonly stringLength: number;
  /** Attributes at the root of a record, bound ones included; later ones are dropped and counted. Default 128. */
  readonly attributes: number;
  /** Size of one attribute with all its levels: 8 for each value and 1 for each UTF-16 unit; the rest is cut. Default 262,144. */
  readonly size: number;
}

export const DEFAULT_LIMITS: Limits = { depth: 64, stringLength: 65_536, attributes: 128, size: 262_144 };

/**
 * Fills the limits that were not given with their defaults.
 *
 * @throws RangeError when one is no whole number from 1 up (`depth`: 1 to 64), or is none of the limits.
 */
export function resolveLimits(limits: Partial<Limits> | undefined): Limits {
  return limits === undefined ? DEFAULT_LIMITS : checked(limits);
}

function checked(limits: Partial<Limits>): Limits {
  if (typeof limits !== "object" || limits === null || Array.isArray(limits))
    throw new TypeError(expected("limits", "an object of options", limits));
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(DEFAULT_LIMITS, name)) {
      throw new RangeError(`limits: expected ${Object.keys(DEFAULT_LIMITS).join(", ")}, got ${show(name)}`);
    }
    const most = name === "depth" ? DEFAULT_LIMITS.depth : Number.MAX_SAFE_INTEGER;
    if (!Number.isInteger(value) || value < 1 || value > most) {
      throw new RangeError(`limits.${name}: expected a whole number from 1 to ${most}, got ${show(value)}`);
    }
  }
  return { ...DEFAULT_LIMITS, ...limits };
}

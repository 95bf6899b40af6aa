import type { Plain } from "./plain.ts";
import type { Room } from "./room.ts";

/** Resolves what lies inside of a value, for the files of this folder that put its parts together. `depth` counts from the attribute. */
export interface Walk {
  readonly room: Room;
  /** Resolves a value; undefined when nothing is left to write. What a caller's code throws below it is a marker already. */
  any(value: unknown, depth: number): Plain | undefined;
  /** Resolves a member of a group or of an object: there an empty group leaves no trace. At depth 0 an attribute begins. */
  member(value: unknown, depth: number): Plain | undefined;
}

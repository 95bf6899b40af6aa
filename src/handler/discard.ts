import { OFF } from "../level/level.ts";
import { LevelVar } from "../level/level-var.ts";
import type { Handler } from "./handler.ts";

/** Takes nothing: a logger over it costs what a disabled call costs. */
export const discard: Handler = {
  threshold: new LevelVar(OFF),
  enabled: () => false,
  handle() {
    // Asked in spite of `enabled`, it still takes nothing.
  },
};

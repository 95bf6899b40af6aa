import type { LevelVar } from "../level/level-var.ts";
import type { Binding } from "../record/binding.ts";
import type { LoggerOptions } from "./logger-options.ts";
import type { Root } from "./root.ts";

/** Is what a logger hands to one that is made from it, in place of options. */
export class Derived implements LoggerOptions {
  readonly root: Root;
  readonly name: string;
  readonly binding: Binding | undefined;
  readonly threshold: LevelVar | undefined;

  constructor(root: Root, name: string, binding: Binding | undefined, threshold: LevelVar | undefined) {
    this.root = root;
    this.name = name;
    this.binding = binding;
    this.threshold = threshold;
  }
}

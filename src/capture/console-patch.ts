import { isUntraced } from "../context/untraced.ts";
import { isHandling } from "../logger/deliver.ts";
import type { ConsoleMethod, MethodName } from "./console-methods.ts";

type Methods = Readonly<Record<MethodName, ConsoleMethod>>;

/** Is set while a console call is being logged: what handlers and values write to the console meanwhile goes to the original one. */
let isLogging = false;

const patches = new WeakMap<Console, ConsolePatch>();

/**
 * Puts methods in place of a console's own. The latest that is still in place takes the calls; they may be taken back in any order.
 *
 * @returns a function that takes them back; called again it does nothing.
 */
export function patchConsole(target: Console, methods: Methods): () => void {
  const patch = patches.get(target) ?? new ConsolePatch(target, methods);
  patches.set(target, patch);
  patch.layers.push(methods);
  return () => {
    const at = patch.layers.lastIndexOf(methods);
    if (at < 0) return;
    patch.layers.splice(at, 1);
    if (patch.layers.length > 0) return;
    patches.delete(target);
    patch.remove();
  };
}

interface Replaced {
  readonly name: MethodName;
  readonly descriptor: PropertyDescriptor | undefined;
  readonly patched: ConsoleMethod;
}

/** Stands in the place of a console's methods, once, however many layers there are. */
class ConsolePatch {
  readonly layers: Methods[] = [];
  readonly #console: Console;
  readonly #replaced: readonly Replaced[];

  constructor(target: Console, methods: Methods) {
    this.#console = target;
    const names = Object.keys(methods) as MethodName[];
    this.#replaced = names.filter((name) => typeof target[name] === "function").map((name) => this.#replace(name));
  }

  #replace(name: MethodName): Replaced {
    const descriptor = Object.getOwnPropertyDescriptor(this.#console, name);
    const original = this.#console[name] as ConsoleMethod;
    const patched: ConsoleMethod = (...args) => this.#call(name, original, args);
    Object.defineProperty(patched, "name", { value: name });
    Object.defineProperty(this.#console, name, { value: patched, writable: true, enumerable: true, configurable: true });
    return { name, descriptor, patched };
  }

  #call(name: MethodName, original: ConsoleMethod, args: readonly unknown[]): void {
    const layer = this.layers.at(-1);
    if (layer === undefined || isLogging || isHandling() || isOthers(args) || isExporting())
      return Reflect.apply(original, this.#console, args);
    isLogging = true;
    try {
      layer[name](...args);
    } catch {
      // Only what a caller can break, such as a label that has no text. A console call that is captured never throws.
    } finally {
      isLogging = false;
    }
  }

  /** Gives the console its own methods back, save where somebody wrapped one meanwhile: there ours stays, and passes on to the original. */
  remove(): void {
    for (const { name, descriptor, patched } of this.#replaced) {
      if (this.#console[name] !== patched) continue;
      if (descriptor === undefined) Reflect.deleteProperty(this.#console, name);
      else Object.defineProperty(this.#console, name, descriptor);
    }
  }
}

/**
 * Tells whether an OpenTelemetry SDK exports at this moment: an exporter that prints what it is given, or its failures, would else be
 * given what it printed, without end.
 */
function isExporting(): boolean {
  try {
    return isUntraced();
  } catch {
    // The app's context manager failed; the record says nothing of a trace then, and is made.
    return false;
  }
}

/**
 * Tells what is not the app's: what correlog says of itself and the app's OpenTelemetry `diag` prints, since a report never goes back
 * into a logger; and Node's own warnings, which it writes through the console and which stay on stderr as they were.
 */
function isOthers([first]: readonly unknown[]): boolean {
  return typeof first === "string" && (first.startsWith("correlog: ") || first.startsWith(warningPrefix()));
}

/** Gives how Node begins a warning: `(node:4711) `. */
function warningPrefix(): string {
  const { process } = globalThis;
  return `(${process?.release?.name ?? "node"}:${process?.pid ?? 0}) `;
}

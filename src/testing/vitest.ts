/// <reference types="vitest" preserve="true" />
/**
 * Tells vitest's `expect` (5 and later) the types of {@link logMatchers}: `import "correlog/testing/vitest"` where they are registered. It does nothing
 * at run time, and is an entry of its own because only who has vitest can resolve it.
 */
import type { LogAssertions } from "./log-matchers.ts";

declare module "vitest" {
  // A merged interface has the parameters that vitest gives it.
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends LogAssertions<R> {}
}

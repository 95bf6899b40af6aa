/**
 * Tells jest's `expect` the types of {@link logMatchers}, the global one (`@types/jest`) and that of `@jest/globals`: `import "correlog/testing/jest"` where
 * they are registered. It does nothing at run time.
 */
import type { LogAssertions } from "./log-matchers.ts";

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- it is where @types/jest has it
  namespace jest {
    // A merged interface has the parameters that @types/jest gives it.
    interface Matchers<R, T = {}> extends LogAssertions<R> {}
  }
}

// oxlint-disable-next-line typescript/ban-ts-comment -- here there is none, where jest is there is one: only what ignores both is right
/** @ts-ignore -- both of jest's `expect` bring the package `expect`; where there is none, nobody misses it. */
declare module "expect" {
  // A merged interface has the parameters that jest gives it.
  interface Matchers<R extends void | Promise<void>, T = unknown> extends LogAssertions<R> {}
}

/**
 * Tells jest's global `expect` (`@types/jest`) the types of {@link logMatchers}: `import "correlog/testing/jest"` where they are registered. It does
 * nothing at run time.
 */
import type { LogAssertions } from "./log-matchers.ts";

declare global {
  // oxlint-disable-next-line typescript/no-namespace -- it is where @types/jest has it
  namespace jest {
    // A merged interface has the parameters that @types/jest gives it.
    interface Matchers<R, T = {}> extends LogAssertions<R> {}
  }
}

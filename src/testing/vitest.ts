/**
 * Tells vitest's `expect` (3, 4 and 5) the types of {@link logMatchers}: `import "correlog/testing/vitest"` where they are registered. It does nothing
 * at run time.
 */
import type { LogAssertions } from "./log-matchers.ts";

declare global {
  // vitest's own `Matchers` has other parameters in 5 than in 3 and 4, and can be augmented only by who resolves vitest. The assertions of chai, which all of
  // them extend, have none.
  // oxlint-disable-next-line typescript/no-namespace -- it is where chai has it
  namespace Chai {
    interface Assertion extends LogAssertions {}
  }
}

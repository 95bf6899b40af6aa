import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/fixtures/**", "**/node_modules/**"],
    // Real processes, not threads: exits, signals and file descriptors are what is tested.
    pool: "forks",
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});

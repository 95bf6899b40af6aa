// Prints `N passed, N failed` from vitest's JSON report and from how the run ended, `passed` or `failed`. A file that did not load
// counts as one failure, and so does a run that failed as a whole.
import { readFileSync } from "node:fs";

function tally(path, run) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    // No report: the run broke before vitest could write one.
    return { passed: 0, failed: 1 };
  }
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + broken;
  // A rejection that nobody handled fails the run, but no test of it, and the report still says success.
  return { passed: report.numPassedTests, failed: failed === 0 && run === "failed" ? 1 : failed };
}

const { passed, failed } = tally(process.argv[2], process.argv[3]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// Prints `N passed, N failed` from vitest's JSON report. A file that did not load, and a run without a report, count as one failure.
import { readFileSync } from "node:fs";

function tally(path) {
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
  // An error outside every test, a rejection that nobody handled for one, fails the run and no test of it.
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed };
}

const { passed, failed } = tally(process.argv[2]);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

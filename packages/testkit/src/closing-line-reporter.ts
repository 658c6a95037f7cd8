import type { Reporter, TestCase, TestModule, TestSuite } from "vitest/node"

/** Files and groups whose set-up or tear-down failed: their tests count as skipped, so that they count themselves. */
function brokenSuites(modules: readonly TestModule[]): number {
  const suites: (TestModule | TestSuite)[] = [
    ...modules,
    ...modules.flatMap((module) => [...module.children.allSuites()]),
  ]
  return suites.filter((suite) => suite.errors().length > 0).length
}

interface RunOutcome {
  tests: readonly Pick<TestCase, "result">[]
  /** What failed besides tests. */
  broken: number
  exitCode: number
}

/** `N passed, N failed`, and a line before if any was skipped. A run that failed never says `0 failed`. */
function closingLines({ tests, broken, exitCode }: RunOutcome): string {
  const count = (state: string) => tests.filter((test) => test.result().state === state).length
  const failed = count("failed") + broken
  const skipped = count("skipped") + count("pending")
  const told = failed === 0 && exitCode !== 0 ? 1 : failed
  return `${skipped ? `${skipped} skipped\n` : ""}${count("passed")} passed, ${told} failed`
}

/** Says how many tests passed and failed, in one plain line at the very end. */
export class ClosingLineReporter implements Reporter {
  readonly #failedChecks: number

  /** @param failedChecks what failed before the tests ran, to be counted with them */
  constructor(failedChecks = 0) {
    this.#failedChecks = failedChecks
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const broken = brokenSuites(modules) + errors.length + this.#failedChecks
    // The other reporters have still something to say, and the exit code is not known before.
    process.once("exit", (exitCode) => {
      process.stdout.write(`\n${closingLines({ tests, broken, exitCode })}\n`)
    })
  }
}

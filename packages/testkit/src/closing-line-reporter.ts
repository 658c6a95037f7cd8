import type { Reporter, TestModule } from "vitest/node"

/** Says how many tests passed and failed, in one plain line at the very end. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    const broken = modules.filter((module) => module.errors().length > 0).length + errors.length
    const skipped = count("skipped")
    const line = `${count("passed")} passed, ${count("failed") + broken} failed${skipped ? `, ${skipped} skipped` : ""}`
    process.once("exit", () => process.stdout.write(`\n${line}\n`))
  }
}

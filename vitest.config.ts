import { defineConfig } from "vitest/config"
import { ClosingLineReporter } from "./packages/testkit/src/closing-line-reporter.ts"

const sources = ["packages/*/src", "apps/*/src", "tools/*/src"]

export default defineConfig({
  test: {
    maxWorkers: 2,
    expect: { requireAssertions: true },
    reporters: ["default", new ClosingLineReporter(Number(process.env.FAILED_CHECKS ?? 0))],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: sources.map((folder) => `${folder}/**/*.test.ts`),
          exclude: ["**/*.{integration,e2e}.test.ts", "**/node_modules/**"],
          // Some start processes and servers: it bounds a hang, and judges nobody's speed.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "integration",
          include: sources.map((folder) => `${folder}/**/*.integration.test.ts`),
          globalSetup: "packages/testkit/src/services.global-setup.ts",
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["e2e", "tools/*/src"].map((folder) => `${folder}/**/*.e2e.test.ts`),
          fileParallelism: false,
          // After the others: a whole system under test wants the machine for itself.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})

export { type Domain, SETTINGS, test } from "./domain-test.ts"
export * from "./members.ts"

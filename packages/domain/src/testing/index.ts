export { type Domain, test } from "./domain-test.ts"
export * from "./members.ts"

export { type TestDatabase, type TestRedis, test } from "./fixtures.ts"

export { type TestDatabase, type TestRedis, test } from "./fixtures.ts"
export { unzip } from "./unzip.ts"

export * from "./config.ts"
export { ConfigError, type Env } from "./env.ts"

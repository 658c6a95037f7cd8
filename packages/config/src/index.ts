export * from "./config.ts"
export { ConfigError, type Env } from "./env.ts"
export type { RateLimit, RateLimits } from "./rate-limits.ts"
export type { CertificateFiles, TlsConfig } from "./tls-config.ts"

export { startHeartbeat } from "./heartbeat.ts"
export { createLogger, type Logger } from "./logger.ts"
export { onShutdown } from "./shutdown.ts"
export { currentTrace, withTrace } from "./trace.ts"

import { accountRoutes } from "./routes/accounts.ts"
import { authRoutes } from "./routes/auth.ts"
import { exportRoutes } from "./routes/exports.ts"
import { farewellRoutes } from "./routes/farewell.ts"
import { instanceRoutes } from "./routes/instance.ts"
import { jobRoutes } from "./routes/jobs.ts"
import { listRoutes } from "./routes/lists.ts"
import { mediaRoutes } from "./routes/media.ts"
import { postRoutes } from "./routes/posts.ts"
import { relationshipRoutes } from "./routes/relationships.ts"
import { statusRoutes } from "./routes/status.ts"
import { timelineRoutes } from "./routes/timelines.ts"

export * from "./entities/account.ts"
export * from "./entities/cache-status.ts"
export * from "./entities/error.ts"
export * from "./entities/export.ts"
export * from "./entities/gateway-status.ts"
export * from "./entities/home-report.ts"
export * from "./entities/instance.ts"
export * from "./entities/jobs.ts"
export * from "./entities/list.ts"
export * from "./entities/oauth.ts"
export * from "./entities/status.ts"
export * from "./entities/workflows.ts"
export * from "./limits.ts"
export * from "./route.ts"
export type { Paging } from "./routes/paging.ts"

/** Everything that crosses HTTP as JSON, by name. */
export const routes = {
  ...instanceRoutes,
  ...authRoutes,
  ...accountRoutes,
  ...relationshipRoutes,
  ...listRoutes,
  ...mediaRoutes,
  ...exportRoutes,
  ...farewellRoutes,
  ...postRoutes,
  ...timelineRoutes,
  ...jobRoutes,
  ...statusRoutes,
} as const

export type Routes = typeof routes

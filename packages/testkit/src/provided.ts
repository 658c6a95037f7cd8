/** What the global set-up hands to the tests. */
declare module "vitest" {
  export interface ProvidedContext {
    postgresPort: number
    pgbouncerPort: number
    redisQueueUrl: string
    redisCacheUrl: string
    templateDatabase: string
  }
}

export {}

import { readFileSync } from "node:fs"

/** A problem with one environment variable. Names the variable and the rule, never the value. */
export class ConfigError extends Error {
  override name = "ConfigError"
}

export type Env = Readonly<Record<string, string | undefined>>

/** The process's environment: the only place in the code that touches it. */
export const processEnv = (): Env => process.env

/**
 * One variable's text. `NAME_FILE` names a file to read it from instead, as container secrets do; an empty
 * value counts as absent.
 */
export function readText(env: Env, name: string): string | undefined {
  const file = env[`${name}_FILE`]
  if (env[name] && file) throw new ConfigError(`${name} and ${name}_FILE are both set: keep one`)
  if (file) {
    try {
      return readFileSync(file, "utf8").trim() || undefined
    } catch (cause) {
      throw new ConfigError(`${name}_FILE: the file cannot be read`, { cause })
    }
  }
  return env[name] || undefined
}

export function requireText(env: Env, name: string): string {
  const text = readText(env, name)
  if (text === undefined) throw new ConfigError(`${name} is not set`)
  return text
}

/** A whole number between `min` and `max`, both included. */
export function readInteger(env: Env, name: string, fallback: number, min: number, max: number): number {
  const text = readText(env, name)
  if (text === undefined) return fallback
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new ConfigError(`${name} must be a whole number from ${min} to ${max}`)
  }
  return value
}

export function readFlag(env: Env, name: string, fallback: boolean): boolean {
  const text = readText(env, name)
  if (text === undefined) return fallback
  if (text === "true") return true
  if (text === "false") return false
  throw new ConfigError(`${name} must be true or false`)
}

export function readChoice<const T extends string>(
  env: Env,
  name: string,
  choices: readonly T[],
  fallback: T,
): T {
  const text = readText(env, name)
  if (text === undefined) return fallback
  const choice = choices.find((each) => each === text)
  if (choice === undefined) throw new ConfigError(`${name} must be one of ${choices.join(", ")}`)
  return choice
}

/** Texts split by commas; spaces around them and empty ones do not count. */
export function readList(env: Env, name: string, fallback: string): string[] {
  return (readText(env, name) ?? fallback)
    .split(",")
    .map((each) => each.trim())
    .filter(Boolean)
}

/** A URL of one of the given schemes, such as `["http:", "https:"]`. */
export function requireUrl(env: Env, name: string, schemes: readonly string[], fallback?: string): URL {
  const text = readText(env, name) ?? fallback
  if (text === undefined) throw new ConfigError(`${name} is not set`)
  const url = URL.parse(text)
  if (!url || !schemes.includes(url.protocol)) {
    throw new ConfigError(`${name} must be a URL that starts with ${schemes.join(" or ")}//`)
  }
  return url
}

/** A secret of at least 32 characters, if there is one. */
export function readSecret(env: Env, name: string): string | undefined {
  const secret = readText(env, name)
  if (secret && secret.length < 32) throw new ConfigError(`${name} must have at least 32 characters`)
  return secret
}

/** A secret of at least 32 characters. */
export function requireSecret(env: Env, name: string): string {
  const secret = readSecret(env, name)
  if (secret === undefined) throw new ConfigError(`${name} is not set`)
  return secret
}

const YEAR_SECONDS = 365 * 24 * 3600

/** The cookie that carries the browser's session: its name and its attributes depend on the scheme alone. */
export interface SessionCookie {
  readonly name: string
  /** The token in a `Cookie` header; undefined when there is none. */
  read(header: string | undefined): string | undefined
  /** `Set-Cookie` for a new session. */
  write(token: string): string
  /** `Set-Cookie` that ends it. */
  clear(): string
}

/**
 * `__Host-` binds the cookie to this very host over TLS (RFC 6265bis); without TLS browsers refuse such a name, so
 * a plain one takes its place. No script can read it, and other sites' forms do not send it.
 */
export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith("https:")
  const name = secure ? "__Host-tintype" : "tintype"
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`
  return {
    name,
    read(header) {
      for (const pair of header?.split(";") ?? []) {
        const [key = "", value] = pair.split("=", 2)
        if (key.trim() === name) return value?.trim() || undefined
      }
      return undefined
    },
    write: (token) => `${name}=${token}; Max-Age=${YEAR_SECONDS}; ${attributes}`,
    clear: () => `${name}=; Max-Age=0; ${attributes}`,
  }
}

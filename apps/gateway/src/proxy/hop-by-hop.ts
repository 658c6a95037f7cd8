/** Headers that concern one connection alone (RFC 9110 §7.6.1, and those of older custom). */
export const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
])

/** The further headers that a `Connection` header declares to concern this connection alone. */
export function namedByConnection(
  connection: string | string[] | undefined,
): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return undefined
  return new Set(
    String(connection)
      .split(",")
      .map((each) => each.trim().toLowerCase()),
  )
}

/** The name under which the gateway stands in `Via`. */
export const VIA = "1.1 tintype"

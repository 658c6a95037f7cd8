import type { FastifyRequest } from "fastify"
import { storable } from "../http/storable.ts"

const decode = (text: string): string => {
  try {
    return storable(decodeURIComponent(text.replaceAll("+", " ")))
  } catch {
    // Clients that do not encode what they send are read as they are.
    return storable(text)
  }
}

/**
 * The client's id and secret, from the body or by HTTP Basic (RFC 6749, section 2.3.1: both are form-encoded before
 * they are joined).
 */
export function clientOf(
  request: FastifyRequest,
  body: { client_id?: string | undefined; client_secret?: string | undefined },
): { clientId: string | undefined; clientSecret: string | undefined } {
  const [, credentials] = /^basic +([A-Za-z0-9+/=]+) *$/i.exec(request.headers.authorization ?? "") ?? []
  if (!credentials) return { clientId: body.client_id, clientSecret: body.client_secret }
  const text = Buffer.from(credentials, "base64").toString("utf8")
  const colon = text.indexOf(":")
  if (colon === -1) return { clientId: undefined, clientSecret: undefined }
  return { clientId: decode(text.slice(0, colon)), clientSecret: decode(text.slice(colon + 1)) }
}

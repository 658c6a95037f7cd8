import { DomainError } from "../errors.ts"

/** RFC 6749, sections 4.1.2.1 and 5.2; OpenID Connect Core, section 3.1.2.6. */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "invalid_scope"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "unsupported_response_type"
  | "access_denied"
  | "login_required"
  | "consent_required"

/** A refusal that an OAuth client gets as `{ error: code, error_description: message }`. */
export class OAuthRefusal extends DomainError {
  override name = "OAuthRefusal"
  readonly code: OAuthErrorCode

  constructor(code: OAuthErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** One answer for an unknown client and for a wrong secret. */
export const invalidClient = () =>
  new OAuthRefusal(
    "invalid_client",
    "Client authentication failed: the client is unknown or its secret is wrong.",
  )

export const invalidGrant = () =>
  new OAuthRefusal(
    "invalid_grant",
    "The authorization grant is invalid, expired, revoked, was issued to another client, or does not match.",
  )

export const invalidScope = () =>
  new OAuthRefusal("invalid_scope", "The requested scope is invalid, unknown, or malformed.")

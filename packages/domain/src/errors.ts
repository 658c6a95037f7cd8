/** A refusal of the domain: the caller's doing, final, told in words. The edges give it a status. */
export abstract class DomainError extends Error {
  /** A job that is refused is not tried again. */
  readonly permanent = true
}

export class NotFound extends DomainError {
  override name = "NotFound"
  constructor(message = "Record not found") {
    super(message)
  }
}

/** Nobody is signed in, or the token is not valid. */
export class Unauthorized extends DomainError {
  override name = "Unauthorized"
  constructor(message = "The access token is invalid") {
    super(message)
  }
}

export class Forbidden extends DomainError {
  override name = "Forbidden"
  constructor(message = "This action is not allowed") {
    super(message)
  }
}

export class Conflict extends DomainError {
  override name = "Conflict"
}

/** Codes that Mastodon's clients know for a field of a form. */
export type FieldCode =
  | "ERR_BLANK"
  | "ERR_INVALID"
  | "ERR_TAKEN"
  | "ERR_RESERVED"
  | "ERR_ACCEPTED"
  | "ERR_TOO_LONG"
  | "ERR_TOO_SHORT"

export type FieldErrors = Record<string, { error: FieldCode; description: string }[]>

/** The input makes no sense as it is; `details` says it field by field where the input was a form. */
export class Invalid extends DomainError {
  override name = "Invalid"
  readonly details: FieldErrors | undefined
  constructor(message: string, details?: FieldErrors) {
    super(message)
    this.details = details
  }
}

export class TooLarge extends DomainError {
  override name = "TooLarge"
}

/** Not a photo of a kind that can be developed. */
export class UnsupportedPhoto extends DomainError {
  override name = "UnsupportedPhoto"
}

/** The disk is full: nothing was kept. */
export class OutOfSpace extends DomainError {
  override name = "OutOfSpace"
  constructor(message = "The server has no space left for photos. Please tell its operator.") {
    super(message)
  }
}

/** Tried too often; the same call may succeed after `retryAfterSeconds`. */
export class TooMany extends DomainError {
  override name = "TooMany"
  readonly retryAfterSeconds: number
  constructor(retryAfterSeconds: number) {
    const minutes = Math.ceil(retryAfterSeconds / 60)
    super(`Too many attempts. Please try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Right now the server cannot take this on; the same call may succeed after `retryAfterSeconds`. */
export class Unavailable extends DomainError {
  override name = "Unavailable"
  readonly retryAfterSeconds: number
  constructor(message = "The server is busy. Please try again in a moment.", retryAfterSeconds = 5) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

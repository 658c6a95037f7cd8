import { LIMITS } from "@tintype/contract/limits"
import { type FieldCode, type FieldErrors, Invalid } from "../errors.ts"

export interface SignUpForm {
  username: string
  email: string
  password: string
  /** To the rules of the instance. */
  agreement: boolean
}

const USERNAME_CHARACTERS = 30
const EMAIL_CHARACTERS = 254

/** Names that could pass for the people who run the instance, or for nobody at all. */
const RESERVED = new Set(
  `abuse admin administrator all contact everyone follow followers help here hostmaster info instance
  instance_actor internal me mod moderator nobody noreply null official operator owner postmaster root security
  service staff support system team tintype undefined webmaster`.split(/\s+/),
)

/** The form of an address that browsers use for `<input type=email>` (HTML Standard, section 4.10.5.1.5). */
const EMAIL =
  /^[\w.!#$%&'*+/=?^`{|}~-]+@[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i

type Field = keyof SignUpForm

const WORDS: Readonly<Record<Field, string>> = {
  username: "Username",
  email: "Email",
  password: "Password",
  agreement: "Service agreement",
}

export interface FieldError {
  field: Field
  error: FieldCode
  description: string
}

export const taken = (field: "username" | "email"): FieldError => ({
  field,
  error: "ERR_TAKEN",
  description: "has already been taken",
})

/** The refusal in the form that clients of the Mastodon API show beside the fields. */
export function signUpRefusal(errors: readonly FieldError[]): Invalid {
  const details: FieldErrors = {}
  for (const { field, error, description } of errors) {
    details[field] = [...(details[field] ?? []), { error, description }]
  }
  const sentences = errors.map(({ field, description }) => `${WORDS[field]} ${description}`)
  return new Invalid(`Validation failed: ${sentences.join(", ")}`, details)
}

function* usernameErrors(username: string): Generator<FieldError> {
  const field = "username"
  if (username === "") yield { field, error: "ERR_BLANK", description: "can't be blank" }
  else if (!/^\w+$/.test(username)) {
    yield { field, error: "ERR_INVALID", description: "must contain only letters, numbers and underscores" }
  }
  if (username.length > USERNAME_CHARACTERS) {
    yield {
      field,
      error: "ERR_TOO_LONG",
      description: `is too long (maximum is ${USERNAME_CHARACTERS} characters)`,
    }
  }
  if (RESERVED.has(username.toLowerCase())) yield { field, error: "ERR_RESERVED", description: "is reserved" }
}

function* emailErrors(email: string): Generator<FieldError> {
  const field = "email"
  if (email === "") yield { field, error: "ERR_BLANK", description: "can't be blank" }
  else if (email.length > EMAIL_CHARACTERS || !EMAIL.test(email)) {
    yield { field, error: "ERR_INVALID", description: "must be a valid e-mail address" }
  }
}

function* passwordErrors(password: string): Generator<FieldError> {
  const field = "password"
  const { length } = [...password]
  const { passwordMin, passwordMax } = LIMITS
  if (length === 0) yield { field, error: "ERR_BLANK", description: "can't be blank" }
  else if (length < passwordMin) {
    yield {
      field,
      error: "ERR_TOO_SHORT",
      description: `is too short (minimum is ${passwordMin} characters)`,
    }
  }
  if (length > passwordMax) {
    yield { field, error: "ERR_TOO_LONG", description: `is too long (maximum is ${passwordMax} characters)` }
  }
}

/**
 * Checks everything that needs no look-up.
 *
 * @returns the form, trimmed, the address in lower case
 * @throws Invalid that names every field at fault
 */
export function checkSignUp(form: SignUpForm): SignUpForm {
  const username = form.username.trim()
  const email = form.email.trim().toLowerCase()
  const errors = [
    ...usernameErrors(username),
    ...emailErrors(email),
    ...passwordErrors(form.password),
    ...(form.agreement
      ? []
      : [{ field: "agreement", error: "ERR_ACCEPTED", description: "must be accepted" } as const]),
  ]
  if (errors.length > 0) throw signUpRefusal(errors)
  return { ...form, username, email }
}

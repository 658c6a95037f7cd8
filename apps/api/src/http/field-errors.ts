import type { FieldCode, FieldErrors } from "@tintype/domain"
import type { ErrorObject } from "ajv"

export interface FieldError {
  /** `source.privacy`, `media_ids.0`; `body` for the whole. */
  field: string
  words: string
  details: FieldErrors
}

/** Codes and words as the clients of the Mastodon API know them, for the rules of JSON Schema that have some. */
function told(error: ErrorObject): { code: FieldCode; words: string } {
  const limit: unknown = error.params.limit
  switch (error.keyword) {
    case "required":
      return { code: "ERR_BLANK", words: "can't be blank" }
    case "minLength":
      return limit === 1
        ? { code: "ERR_BLANK", words: "can't be blank" }
        : { code: "ERR_TOO_SHORT", words: `is too short (minimum is ${limit} characters)` }
    case "maxLength":
      return { code: "ERR_TOO_LONG", words: `is too long (maximum is ${limit} characters)` }
    case "maxItems":
      return { code: "ERR_TOO_LONG", words: `has too many items (maximum is ${limit})` }
    case "enum":
      return {
        code: "ERR_INVALID",
        words: `must be one of ${[error.params.allowedValues].flat().join(", ")}`,
      }
    case "pattern":
      return { code: "ERR_INVALID", words: "is invalid: it has another form than expected" }
    default:
      return { code: "ERR_INVALID", words: error.message ?? "is invalid" }
  }
}

/** Names the field at fault and the rule that it breaks; never its value. */
export function fieldErrors(error: ErrorObject): FieldError {
  const path = error.instancePath.split("/").slice(1)
  const missing: unknown = error.params.missingProperty
  if (typeof missing === "string") path.push(missing)
  const field = path.join(".") || "body"
  const { code, words } = told(error)
  return { field, words, details: { [field]: [{ error: code, description: words }] } }
}

import type { RouteSpec } from "@tintype/contract"
import { Invalid, NotFound } from "@tintype/domain"
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv"
import { easeForm, easeQuery } from "./ease-input.ts"
import { fieldErrors } from "./field-errors.ts"

/**
 * What a client sends beyond the schema is dropped, so that no handler ever sees a member that its contract does
 * not name. Numbers and lists may come as text, as forms and query strings have nothing else.
 */
const ajv = new Ajv({
  coerceTypes: "array",
  useDefaults: true,
  removeAdditional: "all",
  allowUnionTypes: true,
})

/** The parts of a request, each checked, completed by defaults and rid of what the contract does not name. */
export interface Checks {
  /** @throws NotFound: a path with a malformed id leads nowhere */
  params(value: unknown): unknown
  /** @throws Invalid */
  query(value: unknown): unknown
  /** @throws Invalid */
  body(value: unknown): unknown
}

function refusal(validate: ValidateFunction): Invalid {
  const [error] = validate.errors ?? []
  if (!error) return new Invalid("Validation failed")
  const { field, words, details } = fieldErrors(error satisfies ErrorObject)
  return new Invalid(`Validation failed: ${field} ${words}`, details)
}

/** The checks of one route, compiled once. */
export function checksOf(route: RouteSpec): Checks {
  const { params, query, body } = route
  const isParams = params && ajv.compile(params)
  const isQuery = query && ajv.compile(query)
  const isBody = body && ajv.compile(body)
  return {
    params(value) {
      if (isParams && !isParams(value)) throw new NotFound()
      return isParams && value
    },
    query(value) {
      if (!query || !isQuery) return undefined
      const eased = easeQuery(query, value)
      if (!isQuery(eased)) throw refusal(isQuery)
      return eased
    },
    body(value) {
      if (!body || !isBody) return undefined
      const eased = easeForm(body, value ?? {})
      if (!isBody(eased)) throw refusal(isBody)
      return eased
    },
  }
}

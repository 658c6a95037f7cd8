/** What was sent cannot be read at all: 400. */
export class BadRequest extends Error {
  override name = "BadRequest"
}

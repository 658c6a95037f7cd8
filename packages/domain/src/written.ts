/**
 * JSON text of a `T`. Long lists are put together of texts that were written once and are shared by many answers,
 * where serialising objects anew would cost more than everything else in the request.
 */
export class Written<T> {
  readonly text: string
  /** Exists for the compiler alone. */
  declare readonly of?: T

  constructor(text: string) {
    this.text = text
  }
}

/** The members of an object as they stand between its braces. */
export const membersOf = (value: object): string => JSON.stringify(value).slice(1, -1)

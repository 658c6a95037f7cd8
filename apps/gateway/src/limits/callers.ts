import { hash } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"

/** In which the api tells whose token a request came with. */
export const ACCOUNT_HEADER = "x-tintype-account"

/** The session cookie of the web app, see the api's session-cookie.ts. */
const COOKIE = /(?:^|;\s*)(?:__Host-)?tintype=([^;\s]+)/
const BEARER = /^bearer +(\S+) *$/i

/** The token a request comes with, hashed: what is remembered here and written to Redis opens nothing. */
export function tokenOf({ authorization, cookie }: IncomingHttpHeaders): string | undefined {
  const token = authorization ? BEARER.exec(authorization)?.[1] : COOKIE.exec(cookie ?? "")?.[1]
  return token && hash("sha256", token, "base64url").slice(0, 22)
}

/** The accounts behind the tokens that the api has accepted lately. A token that nobody gave out is never among them. */
export class Callers {
  readonly #accounts = new Map<string, string>()
  readonly #most: number

  /** @param most tokens that are remembered; those not used for longest are forgotten */
  constructor(most = 50_000) {
    this.#most = most
  }

  /** The account of a token, if it is known. */
  accountOf(token: string): string | undefined {
    const account = this.#accounts.get(token)
    if (account !== undefined) this.#keep(token, account)
    return account
  }

  /** @param account as the api told it with its answer */
  learn(token: string, status: number, account: string | undefined): void {
    if (status === 401) this.#accounts.delete(token)
    else if (account !== undefined) this.#keep(token, account)
  }

  #keep(token: string, account: string): void {
    this.#accounts.delete(token)
    this.#accounts.set(token, account)
    const [first] = this.#accounts.keys()
    if (this.#accounts.size > this.#most && first !== undefined) this.#accounts.delete(first)
  }
}

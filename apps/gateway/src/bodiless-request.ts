import type { IncomingHttpHeaders } from "node:http"
import type { Socket } from "node:net"
import type { Request } from "./exchange.ts"

/** A request whose head is all of it, in the form in which the policies know requests. */
export class BodilessRequest implements Request {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: string[]
  readonly socket: Socket

  constructor(head: Omit<Request, "headersDistinct">) {
    this.method = head.method
    this.url = head.url
    this.httpVersion = head.httpVersion
    this.headers = head.headers
    this.rawHeaders = head.rawHeaders
    this.socket = head.socket
  }

  /** Taken apart only where it is asked for. */
  get headersDistinct(): NodeJS.Dict<string[]> {
    const distinct: NodeJS.Dict<string[]> = Object.create(null)
    for (let i = 0; i + 1 < this.rawHeaders.length; i += 2) {
      const name = this.rawHeaders[i]?.toLowerCase() ?? ""
      const lines = distinct[name]
      const line = this.rawHeaders[i + 1] ?? ""
      if (lines) lines.push(line)
      else distinct[name] = [line]
    }
    return distinct
  }
}

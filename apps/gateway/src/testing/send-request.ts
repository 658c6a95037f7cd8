import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http"
import { buffer } from "node:stream/consumers"

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  /** The body read as JSON. */
  json(): Record<string, unknown>
}

export interface Asked {
  method?: string
  headers?: OutgoingHttpHeaders
  body?: string | Buffer
}

/** Sends one request on a connection of its own; rejects when the answer breaks off. */
export function sendRequest(
  url: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = request(url, { method, headers, agent: false }, (res) => {
      buffer(res).then((received) => {
        resolve({
          status: res.statusCode ?? 0,
          headers: res.headers,
          body: received,
          json: () => JSON.parse(received.toString()) as Record<string, unknown>,
        })
      }, reject)
    })
    req.on("error", reject)
    req.end(body)
  })
}

import { Agent, request } from "node:http"

/** Clients that ask again and again on kept connections. */
export interface Load {
  /** What each request ended with: the status, or the error's message. */
  outcomes: (number | string)[]
  /** Ends it once the requests under way are answered. */
  stop(): Promise<void>
}

/** Starts `clients` of them. An answer with `Connection: close` is followed by a new connection, as in a browser. */
export function keepAsking(url: string, clients: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: clients })
  const outcomes: (number | string)[] = []
  let going = true
  const asking = Array.from({ length: clients }, async (_, client) => {
    while (going) outcomes.push(await ask(url, agent, client % 2 ? "POST" : "GET"))
  })
  return {
    outcomes,
    stop: async () => {
      going = false
      await Promise.all(asking)
      agent.destroy()
    },
  }
}

function ask(url: string, agent: Agent, method: string): Promise<number | string> {
  return new Promise((resolve) => {
    const req = request(url, { agent, method, headers: method === "POST" ? { "content-length": 4 } : {} })
    req.on("response", (res) => {
      res.resume()
      res.on("end", () => resolve(res.statusCode ?? 0)).on("error", (error) => resolve(error.message))
    })
    req.on("error", (error) => resolve(error.message))
    req.end(method === "POST" ? "body" : undefined)
  })
}

import { createServer } from "node:net"

/** @throws an error that says what to do when something listens on the port already */
export function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} is in use by another program. Choose another one: PORT=${port + 1} npx pnpm dev`
      const closed = `Port ${port} may not be used by this user. Choose one above 1023: PORT=8080 npx pnpm dev`
      if (error.code === "EADDRINUSE") return reject(new Error(taken))
      reject(error.code === "EACCES" ? new Error(closed) : error)
    })
    server.listen(port, () => server.close(() => resolve()))
  })
}

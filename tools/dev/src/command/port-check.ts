import { createServer } from "node:net"
import { portOwner } from "./port-owner.ts"

/** @throws an error that says what to do when the port cannot be had */
export function checkPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once("error", (error: NodeJS.ErrnoException) => {
      const other = port < 65_000 ? port + 1 : port - 1
      const taken = `Port ${port} is in use by ${portOwner(port)}. Choose another one: PORT=${other} npx pnpm dev`
      const closed = `Port ${port} may not be used by this user. Choose one above 1023: PORT=8080 npx pnpm dev`
      if (error.code === "EADDRINUSE") return reject(new Error(taken))
      reject(error.code === "EACCES" ? new Error(closed) : error)
    })
    server.listen(port, () => server.close(() => resolve()))
  })
}

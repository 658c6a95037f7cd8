import type { Server } from "node:http"
import type { Server as SecureServer } from "node:https"
import type { Socket } from "node:net"

/**
 * Takes new connections out of a server's hands.
 *
 * @param event by which the server tells itself of them
 * @returns gives it one back, with all that is to be read from it
 */
export function takeOver(
  server: Server | SecureServer,
  event: "connection" | "secureConnection",
): (socket: Socket) => void {
  const [listener] = server.listeners(event)
  if (!listener) throw new Error("a server that listens to no connections")
  server.removeAllListeners(event)
  return (socket) => listener.call(server, socket)
}

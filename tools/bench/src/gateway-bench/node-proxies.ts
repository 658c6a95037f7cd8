import { fileURLToPath } from "node:url"
import { type Contender, startProxy } from "./contender.ts"

const PROGRAM = fileURLToPath(new URL("node-proxy-process.ts", import.meta.url))

/** Those that others have written for Node; none of them logs what it proxies. */
export const NODE_CONTENDERS: readonly Contender[] = [
  "@fastify/http-proxy",
  "fast-proxy",
  "http-proxy-3",
].map((name) => ({
  name,
  isNode: true,
  start: (stage) =>
    startProxy(stage, (port) => ({
      command: [process.execPath, PROGRAM, name, String(port), ...stage.upstreams],
      env: {
        NODE_ENV: "production",
        ...(stage.tls && { CERT: stage.site.certificate.cert, KEY: stage.site.certificate.key }),
      },
    })),
}))

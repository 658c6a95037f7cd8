import { fileURLToPath } from "node:url"
import { type Contender, type Stage, startProxy } from "./contender.ts"

const PROGRAM = fileURLToPath(new URL("../../../../apps/gateway/dist/main.js", import.meta.url))

/** The gateway as it is deployed, one process of it. */
function gateway(name: string, LOG_LEVEL: string): Contender {
  return {
    name,
    isNode: true,
    caches: true,
    files: true,
    start: (stage) =>
      startProxy(stage, (port) => ({
        command: [process.execPath, PROGRAM],
        env: {
          NODE_ENV: "production",
          LOG_LEVEL,
          HOST: "127.0.0.1",
          PORT: String(port),
          ...(stage.tls && overTls(stage, port)),
          SIGNING_SECRET: stage.site.signingSecret,
          BLOB_DIR: stage.site.blobDir,
          API_UPSTREAMS: stage.upstreams.map((each) => `http://${each}`).join(","),
        },
      })),
  }
}

const overTls = ({ site: { certificate } }: Stage, port: number) => ({
  TLS_CERTIFICATES: `${certificate.cert}:${certificate.key}`,
  PUBLIC_URL: `https://localhost:${port}`,
})

export const TINTYPE_CONTENDERS = [gateway("Tintype", "info"), gateway("Tintype, no access log", "warn")]

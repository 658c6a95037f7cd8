import { ConfigError, type Env, readInteger, readList, readText } from "./env.ts"

/** Where a certificate (with those that it depends on) and its key lie, as PEM. */
export interface CertificateFiles {
  cert: string
  key: string
}

export interface TlsConfig {
  /** The first is for names that no other has. */
  certificates: readonly CertificateFiles[]
  /** The port that sends clients to the one with TLS. */
  httpPort: number | undefined
  /** Where an ACME client puts what it is asked for on that port. */
  acmeDir: string | undefined
}

/** @throws ConfigError */
export function tlsConfig(env: Env, publicUrl: string): TlsConfig | undefined {
  const certificates = readList(env, "TLS_CERTIFICATES", "").map((each) => {
    const [cert = "", key = "", ...more] = each.split(":")
    if (!cert || !key || more.length > 0) {
      throw new ConfigError("TLS_CERTIFICATES must list cert.pem:key.pem, split by commas")
    }
    return { cert, key }
  })
  const httpPort = readText(env, "HTTP_PORT") ? readInteger(env, "HTTP_PORT", 80, 0, 65_535) : undefined
  const acmeDir = readText(env, "ACME_DIR")
  if (certificates.length > 0 && !publicUrl.startsWith("https:")) {
    throw new ConfigError("PUBLIC_URL must begin with https:// where TLS_CERTIFICATES is set")
  }
  if (certificates.length === 0 && httpPort !== undefined) {
    throw new ConfigError("HTTP_PORT sends clients on to TLS, and needs TLS_CERTIFICATES")
  }
  if (acmeDir && httpPort === undefined) throw new ConfigError("ACME_DIR is shown on HTTP_PORT: set that too")
  return certificates.length > 0 ? { certificates, httpPort, acmeDir } : undefined
}

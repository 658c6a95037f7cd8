import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"

export interface SelfSigned {
  cert: string
  key: string
  /** The certificate's text, which a client is to trust. */
  pem: string
}

/** Makes a certificate that vouches for itself, for the given names, as files `<name>.cert.pem` and `<name>.key.pem`. */
export function makeCertificate(dir: string, name: string, names: readonly string[]): SelfSigned {
  const [cert, key] = [join(dir, `${name}.cert.pem`), join(dir, `${name}.key.pem`)]
  const alternatives = names.map((each) => `DNS:${each}`).join(",")
  const making = [
    "req",
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:prime256v1",
    "-nodes",
    "-days",
    "2",
  ]
  const about = ["-subj", `/CN=${names[0]}`, "-addext", `subjectAltName=${alternatives}`]
  execFileSync("openssl", [...making, ...about, "-out", cert, "-keyout", key], { stdio: "pipe" })
  return { cert, key, pem: readFileSync(cert, "utf8") }
}

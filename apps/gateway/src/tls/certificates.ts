import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createSecureContext, type SecureContext } from "node:tls"
import type { CertificateFiles } from "@tintype/config"
import type { Logger } from "@tintype/observe"
import { TLS_OPTIONS } from "./tls-options.ts"

/** A certificate with its key, ready for use. */
export interface Certificate {
  cert: string
  key: string
  /** What it is for: names, `*.` ones included. */
  names: readonly string[]
  context: SecureContext
}

/**
 * Reads a certificate and its key.
 *
 * @throws Error in words, when a file cannot be read, is none, or the two do not belong together
 */
export async function readCertificate(files: CertificateFiles): Promise<Certificate> {
  const [cert, key] = await Promise.all([readFile(files.cert, "utf8"), readFile(files.key, "utf8")])
  const leaf = new X509Certificate(cert)
  if (!leaf.checkPrivateKey(createPrivateKey(key))) {
    throw new Error("the key is not that of the certificate")
  }
  const names = (leaf.subjectAltName ?? "")
    .split(", ")
    .filter((each) => each.startsWith("DNS:"))
    .map((each) => each.slice("DNS:".length).toLowerCase())
  return { cert, key, names, context: createSecureContext({ ...TLS_OPTIONS, cert, key }) }
}

/** The certificates of a server, kept as their files are. */
export class Certificates {
  readonly #files: readonly CertificateFiles[]
  readonly #log: Logger
  readonly #current: (Certificate | undefined)[]
  /** What was last said of each that is bad. */
  readonly #faults = new Map<CertificateFiles, string>()
  #onFirst: (first: Certificate) => void = () => {}
  #timer: NodeJS.Timeout | undefined

  constructor(files: readonly CertificateFiles[], log: Logger) {
    this.#files = files
    this.#log = log
    this.#current = files.map(() => undefined)
  }

  /** Has `onFirst` told of the first certificate, which is for names that no other has, whenever it changes. */
  whenFirstChanges(onFirst: (first: Certificate) => void): void {
    this.#onFirst = onFirst
  }

  /** The one for a name that a client asks for. */
  contextFor(name: string): SecureContext | undefined {
    const asked = name.toLowerCase()
    const parent = asked.replace(/^[^.]+/, "*")
    const all = this.#current.filter((each) => each !== undefined)
    return (all.find(({ names }) => names.includes(asked) || names.includes(parent)) ?? all[0])?.context
  }

  /** Looks at the files again and again: by their content, so that it does not matter how they are replaced. */
  watch(everyMs: number): void {
    this.#timer = setTimeout(() => {
      void this.load().then(() => {
        if (this.#timer) this.watch(everyMs)
      })
    }, everyMs).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Reads them; one that is bad changes nothing and is told of, once. */
  async load(): Promise<void> {
    await Promise.all(this.#files.map((files, index) => this.#loadOne(files, index)))
  }

  /** What is wrong, by file. */
  get faults(): string {
    return [...this.#faults].map(([{ cert }, fault]) => `${cert}: ${fault}`).join("; ")
  }

  async #loadOne(files: CertificateFiles, index: number): Promise<void> {
    const before = this.#current[index]
    try {
      const read = await readCertificate(files)
      this.#faults.delete(files)
      if (read.cert === before?.cert && read.key === before.key) return
      this.#current[index] = read
      if (index === 0) this.#onFirst(read)
      this.#log.info({ cert: files.cert, names: read.names }, "certificate in use")
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      if (this.#faults.get(files) === fault) return
      this.#faults.set(files, fault)
      const kept = before ? "keeping the one before" : "there is none yet"
      this.#log.error({ cert: files.cert, key: files.key, fault }, `certificate not usable: ${kept}`)
    }
  }
}

import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const LOOKUP = join(import.meta.dirname, "lookup-from-file.ts")

/** What stands for a name server: the addresses behind the one name that a gateway asks for. */
export class NamedHosts {
  readonly #dir = mkdtempSync(join(tmpdir(), "tintype-names-"))
  readonly #file = join(this.#dir, "addresses")

  /** @param names `host:port` of each, all with the same port */
  set(names: readonly string[]): void {
    writeFileSync(`${this.#file}.new`, names.map((each) => each.split(":")[0]).join("\n"))
    renameSync(`${this.#file}.new`, this.#file)
  }

  /** With which a gateway asks here. @param first `host:port` of the replica that is there from the start */
  settings(first: string): Record<string, string> {
    this.set([first])
    return {
      API_UPSTREAMS: `dns+http://api.test:${first.split(":")[1]}`,
      NAMED_HOSTS: this.#file,
      NODE_OPTIONS: `--import=${LOOKUP}`,
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

import { readAccepted } from "./accepted.ts"

export type Coding = "br" | "zstd" | "gzip"

/** Ours in order of preference: smallest first. */
const PREFERENCE: readonly Coding[] = ["br", "zstd", "gzip"]

/**
 * The content coding to send, of those there are (RFC 9110 §12.5.3).
 *
 * @param header the request's `Accept-Encoding`
 */
export function chooseCoding(
  header: string | undefined,
  available: ReadonlySet<Coding> | ReadonlyMap<Coding, unknown>,
): Coding | undefined {
  if (!header) return undefined
  const accepted = readAccepted(header)
  return PREFERENCE.find((coding) => {
    const quality = accepted.get(coding) ?? accepted.get("*") ?? 0
    return available.has(coding) && quality > 0
  })
}

export type Coding = "br" | "gzip"

/** Ours in order of preference: smallest first. */
const PREFERENCE: readonly Coding[] = ["br", "gzip"]

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
  const accepted = new Map<string, number>()
  for (const item of header.toLowerCase().split(",")) {
    const [name = "", ...parameters] = item.split(";").map((each) => each.trim())
    const quality = parameters.find((each) => each.startsWith("q="))
    accepted.set(name, quality ? Number(quality.slice(2)) : 1)
  }
  return PREFERENCE.find((coding) => {
    const quality = accepted.get(coding) ?? accepted.get("*") ?? 0
    return available.has(coding) && quality > 0
  })
}

/**
 * The address of one relation in a `Link` header (RFC 8288), reduced to path and query so that it is only
 * ever called on this origin.
 *
 * @returns undefined when the header is missing or names no such relation
 */
export function linkTo(relation: string, header: string | null): string | undefined {
  for (const [, target, parameters] of (header ?? "").matchAll(/<([^>]*)>((?:\s*;\s*[^,;]+)*)/g)) {
    const rel = /;\s*rel="?([^";]+)"?/i.exec(parameters ?? "")?.[1]
    if (target === undefined || !rel?.toLowerCase().split(/\s+/).includes(relation)) continue
    const address = URL.parse(target, "http://relative.invalid")
    if (address) return address.pathname + address.search
  }
  return undefined
}

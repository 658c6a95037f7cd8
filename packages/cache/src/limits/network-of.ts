import { isIPv4 } from "node:net"

/** The eight groups of an IPv6 address. */
function groupsOf(address: string): string[] {
  const [head = "", tail] = address.split("::")
  const before = head ? head.split(":") : []
  const after = tail ? tail.split(":") : []
  const between = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length)
  return [...before, ...Array<string>(between).fill("0"), ...after]
}

/**
 * What stands for whoever is at an address: itself, or the /64 that it lies in, as one customer gets a whole one.
 * Null for this machine itself: behind a proxy that tells no addresses everybody seems to be there.
 */
export function networkOf(address: string): string | null {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "")
  if (isIPv4(plain)) return plain.startsWith("127.") ? null : plain
  const groups = groupsOf(plain.replace(/%.*$/, "")).map((group) => Number.parseInt(group, 16).toString(16))
  if (groups.join(":") === "0:0:0:0:0:0:0:1") return null
  return groups.slice(0, 4).join(":")
}

import { BlockList, isIP, type Socket } from "node:net"
import { isTraceparent } from "@tintype/observe"
import type { Client, Policy } from "../exchange.ts"
import { HOST } from "./check-headers.ts"

/** Addresses that are remembered with what the list says of them. */
const MOST_KNOWN = 10_000
/** W3C Trace Context asks for as many characters at least. */
const MOST_STATE = 512
const REQUEST_ID = /^[\w-]{8,64}$/

/**
 * A test for addresses within the given ranges.
 *
 * @param ranges addresses or CIDR ranges, IPv4 or IPv6
 * @param setting where they come from
 * @throws Error naming the setting and the range that is none
 */
export function addressTest(ranges: readonly string[], setting: string): (address: string) => boolean {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = "", bits] = range.split("/")
    const family = familyOf(address)
    const widest = family === "ipv4" ? 32 : 128
    const prefix = bits === undefined ? widest : Number(bits)
    if (!family || bits === "" || !Number.isInteger(prefix) || prefix < 0 || prefix > widest) {
      throw new Error(`${setting}: "${range}" is neither an address nor a CIDR range`)
    }
    list.addSubnet(address, prefix, family)
  }
  const known = new Map<string, boolean>()
  return (address) => {
    const before = known.get(address)
    if (before !== undefined) return before
    const family = familyOf(address)
    const isWithin = family !== undefined && list.check(address, family)
    // Emptied rather than sorted by use: to ask the list again costs a few µs.
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(address, isWithin)
    return isWithin
  }
}

/**
 * Names the client. Forwarding headers are believed only from peers in `trustedProxies`, and of
 * `X-Forwarded-For` only the part that such peers wrote: from the right, up to the first address not trusted.
 *
 * @param trustedProxies addresses or CIDR ranges
 */
export function believePeers(trustedProxies: readonly string[]): Policy {
  const trusts = addressTest(trustedProxies, "TRUSTED_PROXIES")
  return (next) => (exchange) => {
    const { headers, socket } = exchange.req
    const peer = plainAddress(socket.remoteAddress ?? "")
    exchange.client = {
      address: peer,
      protocol: isSecure(socket) ? "https" : "http",
      host: headers.host ?? "",
    }
    if (trustedProxies.length > 0 && trusts(peer)) {
      believe(exchange.client, headers, trusts)
      const id = headers["x-request-id"]
      if (typeof id === "string" && REQUEST_ID.test(id)) exchange.requestId = id
      if (isTraceparent(headers.traceparent)) {
        exchange.traceparent = headers.traceparent
        exchange.tracestate = stateOf(headers.tracestate)
      }
    }
    return next(exchange)
  }
}

const isSecure = (socket: Socket): boolean => "encrypted" in socket && socket.encrypted === true
/** What tracers along the way have to say to each other: passed on as it is. */
const stateOf = (header: string | string[] | undefined) =>
  typeof header === "string" && header.length <= MOST_STATE ? header : undefined

function believe(
  client: Client,
  headers: NodeJS.Dict<string | string[]>,
  trusts: (address: string) => boolean,
): void {
  const hops = String(headers["x-forwarded-for"] ?? "")
    .split(",")
    .map((each) => plainAddress(each.trim()))
  for (const hop of hops.reverse()) {
    if (!isIP(hop)) break
    client.address = hop
    if (!trusts(hop)) break
  }
  const protocol = headers["x-forwarded-proto"]
  if (protocol === "https" || protocol === "http") client.protocol = protocol
  const host = headers["x-forwarded-host"]
  if (typeof host === "string" && HOST.test(host)) client.host = host
}

/** An IPv4 address as such, also where a dual-stack socket shows it as `::ffff:192.0.2.1`. */
function plainAddress(address: string): string {
  if (!address.startsWith("::")) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return mapped?.[1] ?? address
}

function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  const version = isIP(address)
  if (version === 4) return "ipv4"
  return version === 6 ? "ipv6" : undefined
}

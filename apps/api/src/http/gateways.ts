import { BlockList, isIP, type Socket } from "node:net"

/** Only a gateway in front of us is on such an address: what it says of client and request is believed. */
export const TRUSTED = ["loopback", "linklocal", "uniquelocal"]

const gateways = new BlockList()
for (const [network, bits, family] of [
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["::1", 128, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["fc00::", 7, "ipv6"],
] as const) {
  gateways.addSubnet(network, bits, family)
}

/** Whether whoever is at the other end is a gateway of ours. */
export function isGateway({ remoteAddress = "" }: Pick<Socket, "remoteAddress">): boolean {
  const family = isIP(remoteAddress) === 6 ? "ipv6" : "ipv4"
  return isIP(remoteAddress) !== 0 && gateways.check(remoteAddress, family)
}

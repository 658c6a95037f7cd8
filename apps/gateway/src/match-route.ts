import { AT_THE_GATEWAY, type AtTheGateway } from "@tintype/contract/at-the-gateway"

interface Known extends AtTheGateway {
  path: RegExp
}

const BY_METHOD = new Map<string, Known[]>()
for (const [name, known] of Object.entries(AT_THE_GATEWAY)) {
  const [method = "", url = ""] = name.split(" ")
  const path = new RegExp(`^${url.replaceAll(/:\w+/g, "[^/]+")}$`)
  BY_METHOD.set(method, [...(BY_METHOD.get(method) ?? []), { ...known, path }])
}

/** What the contract tells the gateway of the route that a request is for. */
export function knownOf(method: string | undefined, path: string): AtTheGateway | undefined {
  return BY_METHOD.get(method ?? "")?.find((each) => each.path.test(path))
}

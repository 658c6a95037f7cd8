import type { Handler } from "../exchange.ts"

/**
 * Chooses the handler by the path: that of the first prefix which the path equals or continues with a slash. The
 * prefix is also the route under which the request is counted; `web` where none fits.
 * Paths are compared as they came; `checkTarget` has refused those that could be spelled to slip past.
 *
 * @param otherwise for paths that no prefix fits
 */
export function byPath(
  routes: ReadonlyArray<readonly [prefix: string, Handler]>,
  otherwise: Handler,
): Handler {
  return (exchange) => {
    const { path } = exchange
    const route = routes.find(([prefix]) => path.startsWith(prefix) && isEnd(path[prefix.length]))
    exchange.trail.route = route?.[0] ?? "web"
    return (route?.[1] ?? otherwise)(exchange)
  }
}

const isEnd = (character: string | undefined) => character === undefined || character === "/"

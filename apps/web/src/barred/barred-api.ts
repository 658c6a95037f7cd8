import { endpoint } from "../api.ts"

const ACCOUNT = "/api/v1/accounts/:id"

/** The calls about blocks and mutes; apart from the others, so that they are loaded when they are wanted. */
export const barredApi = {
  block: endpoint<"block">("POST", `${ACCOUNT}/block`),
  unblock: endpoint<"unblock">("POST", `${ACCOUNT}/unblock`),
  mute: endpoint<"mute">("POST", `${ACCOUNT}/mute`),
  unmute: endpoint<"unmute">("POST", `${ACCOUNT}/unmute`),
  listBlocks: endpoint<"listBlocks">("GET", "/api/v1/blocks"),
  listMutes: endpoint<"listMutes">("GET", "/api/v1/mutes"),
}

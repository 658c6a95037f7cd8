import { endpoint } from "../api.ts"

const LISTS = "/api/v1/lists"

/** The calls of these pages; apart from the others, so that they are loaded with them. */
export const listsApi = {
  listLists: endpoint<"listLists">("GET", LISTS),
  createList: endpoint<"createList">("POST", LISTS),
  getList: endpoint<"getList">("GET", `${LISTS}/:id`),
  updateList: endpoint<"updateList">("PUT", `${LISTS}/:id`),
  deleteList: endpoint<"deleteList">("DELETE", `${LISTS}/:id`),
  listMembers: endpoint<"listMembers">("GET", `${LISTS}/:id/accounts`),
  addToList: endpoint<"addToList">("POST", `${LISTS}/:id/accounts`),
  removeFromList: endpoint<"removeFromList">("DELETE", `${LISTS}/:id/accounts`),
  listsWithAccount: endpoint<"listsWithAccount">("GET", "/api/v1/accounts/:id/lists"),
  listTimeline: endpoint<"listTimeline">("GET", "/api/v1/timelines/list/:id"),
}

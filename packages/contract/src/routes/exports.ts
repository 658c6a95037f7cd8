import { Type } from "typebox"
import { AccountExport } from "../entities/export.ts"
import { route } from "../route.ts"
import { ById } from "./paging.ts"

/** An archive holds all that its member may read: so does the token that asks for it. */
const own = { tag: "exports", auth: "member", scope: "read" } as const

export const exportRoutes = {
  startExport: route({
    ...own,
    method: "POST",
    url: "/api/tintype/v1/exports",
    summary: "Have everything of the own account put into one file: one at a time, one a day",
    response: { 202: AccountExport },
    refusals: [409],
  }),
  listExports: route({
    ...own,
    method: "GET",
    url: "/api/tintype/v1/exports",
    summary: "The own account's newest exports",
    response: { 200: Type.Array(AccountExport) },
  }),
  getExport: route({
    ...own,
    method: "GET",
    url: "/api/tintype/v1/exports/:id",
    summary: "How far an export is, and where its file is found",
    params: ById,
    response: { 200: AccountExport },
    refusals: [404],
  }),
} as const

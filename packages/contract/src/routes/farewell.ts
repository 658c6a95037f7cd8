import { Type } from "typebox"
import { route } from "../route.ts"

export const farewellRoutes = {
  deleteAccount: route({
    method: "DELETE",
    url: "/api/tintype/v1/account",
    summary: "Delete the own account with everything of it, for good; the name is not given away again",
    tag: "accounts",
    auth: "member",
    scope: "write:accounts",
    body: Type.Object({ password: Type.String({ maxLength: 1024, default: "" }) }),
    response: { 200: Type.Object({}) },
    refusals: [409],
  }),
} as const

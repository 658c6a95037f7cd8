import { Type } from "typebox"
import { InstanceV1, InstanceV2 } from "../entities/instance.ts"
import { route } from "../route.ts"

const part = Type.Object({ status: Type.String(), error: Type.Optional(Type.String()) })
const Health = Type.Object({ status: Type.String(), parts: Type.Record(Type.String(), part) })

export const instanceRoutes = {
  instanceV2: route({
    method: "GET",
    url: "/api/v2/instance",
    summary: "What this server is and allows",
    tag: "instance",
    auth: "anyone",
    cache: { seconds: 30, staleSeconds: 60, shows: "instance" },
    response: { 200: InstanceV2 },
  }),
  instanceV1: route({
    method: "GET",
    url: "/api/v1/instance",
    summary: "What this server is and allows, in the older form",
    tag: "instance",
    auth: "anyone",
    cache: { seconds: 30, staleSeconds: 60, shows: "instance" },
    response: { 200: InstanceV1 },
  }),
  health: route({
    method: "GET",
    url: "/health",
    summary: "200 once database, queue, cache and a worker are there; else 503, naming what is missing",
    tag: "instance",
    auth: "anyone",
    response: { 200: Health, 503: Health },
  }),
} as const

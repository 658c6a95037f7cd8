import { parse } from "yaml"

export interface Volume {
  type: string
  source: string
  target: string
  read_only?: boolean
  volume?: { subpath?: string }
}

/** What the rules look at, of one service. */
export interface Service {
  image: string
  build?: { target: string }
  command?: string[]
  environment?: Record<string, string | number | boolean>
  ports?: string[]
  networks?: string[]
  network_mode?: string
  volumes?: (string | Volume)[]
  restart?: string
  read_only?: boolean
  privileged?: boolean
  user?: string
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  healthcheck?: object | undefined
  logging?: { options?: Record<string, string> }
  deploy?: { resources?: { limits?: { memory?: string; pids?: number } } }
}

export interface Compose {
  services: Record<string, Service>
  networks: Record<string, { internal?: boolean }>
}

/** Reads a compose file, anchors and merge keys resolved; `docker compose config` is what checks its shape. */
export const readCompose = (text: string): Compose => parse(text, { merge: true, logLevel: "error" })

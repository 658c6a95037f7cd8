import { explainHome, verifyHome } from "@tintype/domain/timelines"
import type { Command } from "../command.ts"

const list = (name: string, ids: readonly string[]) => (ids.length > 0 ? [`${name}: ${ids.join(" ")}`] : [])

const MARKS = { for: "+", against: "-", neutral: " " }

export const timelineCommands: readonly Command[] = [
  {
    words: "timeline verify",
    parameters: ["ACCOUNT"],
    summary: "Compare the warm home timeline of a member (name or id) with the database",
    async run(ctx, { parameters: [account = ""] }) {
      const data = await verifyHome(ctx, account)
      const { state, entries, missing, untold, stray } = data
      const lines = [
        `${state}, ${entries} entries${missing.length === 0 ? ", nothing missing" : ""}`,
        ...list("missing", missing),
        ...list("still to be told of", untold),
        ...list("gone, and left out of every page", stray),
      ]
      return { lines, data, ...(missing.length > 0 && { failed: true as const }) }
    },
  },
  {
    words: "timeline explain",
    parameters: ["ACCOUNT", "POST"],
    summary: "Tell why a post (id or address) is, or is not, on the home timeline of a member (name or id)",
    async run(ctx, { parameters: [account = "", post = ""] }) {
      const data = await explainHome(ctx, account, post)
      const lines = [
        data.shown ? "It belongs on the home timeline." : "It does not belong on the home timeline.",
        ...data.checks.map(({ state, words }) => `${MARKS[state]} ${words}`),
      ]
      return { lines, data }
    },
  },
]

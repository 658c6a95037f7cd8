import cluster, { type Worker } from "node:cluster"
import { addProcessFigures, createMetrics, type Family } from "@tintype/observe"

/** A process that does not answer by then is left out. */
const ANSWER_MS = 1_000

interface Question {
  figuresFor: number
}

interface Reply extends Question {
  families: readonly Family[]
}

const isQuestion = (message: unknown): message is Question =>
  typeof message === "object" && message !== null && "figuresFor" in message

const isReply = (message: unknown): message is Reply => isQuestion(message) && "families" in message

/** Lets the process that keeps this one ask for its figures. */
export function tellFigures(families: () => Promise<readonly Family[]>): void {
  process.on("message", async (message) => {
    if (isQuestion(message)) process.send?.({ ...message, families: await families() })
  })
}

function ask(worker: Worker, figuresFor: number): Promise<readonly Family[]> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => end([]), ANSWER_MS)
    const onMessage = (message: unknown) => {
      if (isReply(message) && message.figuresFor === figuresFor) end(message.families)
    }
    const end = (families: readonly Family[]) => {
      clearTimeout(timer)
      worker.off("message", onMessage)
      resolve(families)
    }
    worker.on("message", onMessage)
    worker.send({ figuresFor } satisfies Question, (error) => error && end([]))
  })
}

/**
 * The figures of all processes that this one keeps, and its own. Each has a label with its number, so that none is
 * summed up with what another one counted before it was replaced.
 */
export function figuresOfProcesses(): () => Promise<readonly Family[]> {
  const own = createMetrics({ process: "0" })
  addProcessFigures(own)
  let asked = 0
  own.gauge("tintype_gateway_processes", "Processes that serve.", () => workersOf().length)
  return async () => {
    asked += 1
    const told = await Promise.all([own.families(), ...workersOf().map((worker) => ask(worker, asked))])
    return told.flat()
  }
}

const workersOf = () =>
  Object.values(cluster.workers ?? {})
    .filter((each) => each !== undefined)
    .filter((each) => each.isConnected())

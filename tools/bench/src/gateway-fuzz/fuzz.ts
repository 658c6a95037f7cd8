import { startGateway } from "../gateway-faults/gateway.ts"
import { residentMib } from "../resident-mib.ts"
import { answersIn, attack } from "./attack.ts"
import { mutatedRequest } from "./mutate.ts"
import { Random } from "./random.ts"
import { startStrictOrigin } from "./strict-origin.ts"

export interface FuzzPlan {
  seed: number
  requests: number
  /** Connections at a time. */
  together: number
  onProgress?: (done: number, residentMib: number) => void
}

export interface FuzzReport {
  sent: number
  /** Answers that the origin gave, and refusals of the gateway. */
  passed: number
  refused: number
  /** Connections without any answer: what was sent was no request yet. */
  silent: number
  /** Memory of the gateway after a tenth of it, and at the end. */
  "MiB early": number
  "MiB late": number
  /** Everything that should not have happened, with what was sent; the first hundred. */
  faults: string[]
}

/** What a request that is not understood, or not allowed, may be told. */
const isRefusal = (status: number) => (status >= 400 && status < 500) || status === 501 || status === 505
const PROGRESS_EVERY = 10_000

/**
 * Sends requests with random faults through the gateway, each on a connection of its own, to an origin that reads by
 * the letter. Each answer must be a refusal, or belong to a request that reached the origin once; nothing may hang or
 * fail, and the origin must never see anything that is not one well-formed request with the gateway's id.
 */
export async function fuzzGateway({ seed, requests, together, onProgress }: FuzzPlan): Promise<FuzzReport> {
  await using opened = new AsyncDisposableStack()
  const origin = opened.adopt(await startStrictOrigin(), (each) => each.stop())
  const gateway = opened.adopt(
    await startGateway([origin], 1, { ACCESS_LOG_PERCENT: "0", RATE_LIMITS: "off" }),
    (each) => each.stop(),
  )
  await gateway.until(({ msg, standing }) => msg === "replica changed" && standing === "ready")
  const port = Number(new URL(gateway.origin).port)
  const random = new Random(seed)
  const report: FuzzReport = {
    sent: 0,
    passed: 0,
    refused: 0,
    silent: 0,
    "MiB early": 0,
    "MiB late": 0,
    faults: [],
  }
  const fault = (what: string, bytes: string) => {
    if (report.faults.length < 100) report.faults.push(`${what}: ${JSON.stringify(bytes.slice(0, 600))}`)
  }
  const memory = () => Math.round(residentMib(gateway.child.pid))

  const sendOne = async () => {
    const number = ++report.sent
    const bytes = mutatedRequest(random)
    const { text, hung } = await attack(port, bytes)
    if (hung) fault("hung", bytes)
    const answers = answersIn(text)
    if (answers.length === 0) report.silent++
    for (const { status, id } of answers) {
      const times = id === undefined ? 0 : (origin.seen.get(id) ?? 0)
      if (isRefusal(status) && times === 0) report.refused++
      else if (status === 200 && times === 1) report.passed++
      else fault(`${status}, seen ${times} times by the origin`, bytes)
    }
    if (number === Math.ceil(requests / 10)) report["MiB early"] = memory()
    if (number % PROGRESS_EVERY === 0) onProgress?.(number, memory())
  }
  const worker = async () => {
    while (report.sent < requests && gateway.child.exitCode === null) await sendOne()
  }
  await Promise.all(Array.from({ length: together }, worker))

  report["MiB late"] = memory()
  if (gateway.child.exitCode !== null) report.faults.push("the gateway ended")
  const repeated = [...origin.seen].filter(([, times]) => times > 1)
  report.faults.push(
    ...origin.faults,
    ...repeated.map(([id, times]) => `${id} reached the origin ${times} times`),
  )
  const failures = gateway.lines.filter(({ msg }) => msg === "request failed")
  report.faults.push(...failures.map((line) => JSON.stringify(line)))
  return report
}

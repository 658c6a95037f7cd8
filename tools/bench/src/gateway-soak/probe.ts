import { writeSync } from "node:fs"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"

/** Loaded into the gateway before its own code: tells now and then what is alive after a full collection. */
setFlagsFromString("--expose-gc")
const collect: unknown = runInNewContext("gc")

/** Past `process.stdout`, which would make the descriptor one that refuses to wait, under the feet of the logger. */
const write = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)

function tell(): void {
  if (typeof collect === "function") collect()
  const { heapUsed, external } = process.memoryUsage()
  const listeners = process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0)
  const line = {
    msg: "probe",
    heapUsed,
    external,
    handles: process.getActiveResourcesInfo().length,
    sockets: process.getActiveResourcesInfo().filter((each) => /TCP|Pipe/.test(each)).length,
    listeners,
  }
  write(line)
}

process.on("warning", ({ name, message }) => {
  write({ msg: "warning", name, message })
})
setInterval(tell, Number(process.env.SOAK_PROBE_MS)).unref()

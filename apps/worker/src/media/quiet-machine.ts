import { cpus } from "node:os"

/** Of the processors' time, this machine's other work takes at most so much while it is quiet. */
const QUIET_SHARE = 0.6

interface Spent {
  busy: number
  all: number
}

/** Since the machine started. What runs at low priority, as the darkroom does, is in nobody's way. */
function spent(): Spent {
  const sum = { busy: 0, all: 0 }
  for (const { times } of cpus()) {
    const busy = times.user + times.sys + times.irq
    sum.busy += busy
    sum.all += busy + times.nice + times.idle
  }
  return sum
}

/** Tells whether the machine has had time to spare since it was asked last, or since this was made. */
export function watchMachine(read: () => Spent = spent): () => boolean {
  let before = read()
  return () => {
    const now = read()
    const share = (now.busy - before.busy) / Math.max(1, now.all - before.all)
    before = now
    return share < QUIET_SHARE
  }
}

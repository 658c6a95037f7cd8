/**
 * What `work` resolves to, or an error after `ms`. An answer that is already waiting in the socket still counts: a
 * timer may be late because this process was busy, not because the other side was slow.
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      setImmediate(() => reject(new Error(`nothing after ${ms} ms`)))
    }, ms)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

import { report, toast } from "../../shell/toasts.tsx"

/** Does something an operator wants, says so, and looks again. */
export async function act(
  work: () => Promise<unknown>,
  done: string,
  refresh: () => Promise<void>,
): Promise<void> {
  try {
    await work()
    toast(done)
  } catch (error) {
    report(error)
  }
  await refresh()
}

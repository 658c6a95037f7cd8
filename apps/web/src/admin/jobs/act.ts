import { report, toast } from "../../shell/toasts.tsx"

/** Does something an operator wants, says so, and looks again. */
export async function act<Answer>(
  work: () => Promise<Answer>,
  done: string | ((answer: Answer) => string),
  refresh: () => Promise<void>,
): Promise<void> {
  try {
    const answer = await work()
    toast(typeof done === "string" ? done : done(answer))
  } catch (error) {
    report(error)
  }
  await refresh()
}

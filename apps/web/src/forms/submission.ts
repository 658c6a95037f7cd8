import { useSignal } from "@preact/signals"
import { ApiError, tell } from "../api.ts"

/**
 * The course of sending a form: whether it is under way, what the server refused of which field, and what went
 * wrong otherwise.
 *
 * @param fields those beside which a refusal can be shown; one of any other field is told as a whole
 */
export function useSubmission(fields: readonly string[]) {
  const busy = useSignal(false)
  const fault = useSignal<unknown>(undefined)
  const beside = (name: string) => (fault.value instanceof ApiError ? fault.value.field(name) : undefined)
  return {
    busy,
    fieldError: beside,
    /** What to say above the button. */
    get formError() {
      if (fault.value === undefined || fields.some((name) => beside(name))) return undefined
      return tell(fault.value)
    },
    async send(work: () => Promise<void>): Promise<void> {
      if (busy.value) return
      busy.value = true
      fault.value = undefined
      try {
        await work()
      } catch (error) {
        fault.value = error
      } finally {
        busy.value = false
      }
    },
  }
}

/** The text of a form's field; blank when it has none by that name. */
export function textOf(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name)
  return typeof value === "string" ? value : ""
}

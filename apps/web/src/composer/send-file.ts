import type { ApiError } from "../api.ts"
import { noAnswer, refusal } from "../api.ts"

/** For a large photo over a slow connection. */
const LONGEST_MS = 10 * 60_000

/**
 * Uploads one photo, telling how far it is. `fetch` cannot tell that yet, so that this is an XMLHttpRequest.
 *
 * @param onPercent 0 to 100
 * @returns the attachment's id and whether it is developed already
 * @throws ApiError
 */
export function sendFile(
  file: File,
  onPercent: (percent: number) => void,
  signal: AbortSignal,
): Promise<{ id: string; ready: boolean }> {
  return new Promise((resolve, reject: (error: ApiError) => void) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append("file", file)
    request.open("POST", "/api/v2/media")
    request.setRequestHeader("accept", "application/json")
    request.timeout = LONGEST_MS
    request.upload.onprogress = ({ loaded, total }) =>
      onPercent(total > 0 ? Math.floor((100 * loaded) / total) : 0)
    request.onload = () => {
      const id = request.status < 300 ? idIn(request.responseText) : undefined
      if (id === undefined) reject(refusal(request.status, request.responseText))
      else resolve({ id, ready: request.status === 200 })
    }
    request.onerror = () => reject(noAnswer())
    request.ontimeout = () => reject(noAnswer())
    request.onabort = () => reject(noAnswer())
    signal.addEventListener("abort", () => request.abort(), { once: true })
    if (signal.aborted) return reject(noAnswer())
    request.send(form)
  })
}

function idIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text)
    const known = typeof body === "object" && body !== null && "id" in body
    return known && typeof body.id === "string" ? body.id : undefined
  } catch {
    return undefined
  }
}

const PAGE = 40
const FURTHEST = 10_000

interface Page<T> {
  body: T[]
  link: string | null
}

type Ask<T> = (query: { limit: number; offset: number }, signal: AbortSignal) => Promise<Page<T>>

/**
 * The directory is paged by offset and its answers carry no `Link`; this gives them one, so that it can be read
 * as every other list.
 */
export function directoryPages<T>(ask: Ask<T>) {
  return async (href: string | undefined, signal: AbortSignal): Promise<Page<T>> => {
    const offset = href === undefined ? 0 : Number(href.slice(1))
    const { body } = await ask({ limit: PAGE, offset }, signal)
    const next = offset + PAGE
    const more = body.length === PAGE && next <= FURTHEST
    return { body, link: more ? `</${next}>; rel="next"` : null }
  }
}

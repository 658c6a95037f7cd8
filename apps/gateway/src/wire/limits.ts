/** What a connection to a replica may take, whichever way its requests go; times in milliseconds. */

/** Less than the second after which a lost SYN is sent again: another replica is the quicker way. */
export const CONNECT_MS = 500
/** The api may hold an upload's answer back until its photo is developed; for a read the gateway's deadline comes first. */
export const HEADERS_MS = 75_000
/** Between two pieces of a response; event streams send a comment more often than that. */
export const BODY_IDLE_MS = 60_000
/** Idle connections are closed by the gateway before any server does it: it must not write into a closing one. */
export const KEEP_ALIVE_MS = 4_000
/** The same where the replica names a longer time. */
export const MOST_KEEP_ALIVE_MS = 40_000
/** Of a response's head. */
export const HEAD_MAX_BYTES = 32 * 1024

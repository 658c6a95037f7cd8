import { type Script, script } from "../scripts.ts"

/**
 * Numbers a message and publishes it, as one step: who misses one sees it by the number of the next.
 * KEYS[1] the counter; ARGV[1] the channel, ARGV[2] the message.
 */
export const PUBLISH: Script = script(`
local number = redis.call('INCR', KEYS[1])
return redis.call('PUBLISH', ARGV[1], number .. ' ' .. ARGV[2])
`)

/** The counter that numbers what is published to a channel. */
export const counterOf = (channel: string): string => `${channel}:count`

/** @returns undefined for what `PUBLISH` did not write */
export function readNumbered(text: string): { number: number; message: string } | undefined {
  const [, number, message] = /^(\d{1,16}) (.*)$/s.exec(text) ?? []
  return number === undefined || message === undefined ? undefined : { number: Number(number), message }
}

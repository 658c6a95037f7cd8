export { type Channel, channelOf } from "./channel.ts"
export { registerStreams } from "./figures.ts"
export {
  streamChangedJob,
  streamDeletedJob,
  streamFollowJob,
  streamPublishedJob,
  streamSessionJob,
} from "./jobs.ts"
export { checkChannel } from "./listening-lists.ts"
export type { Closing, StreamClient, StreamEvent } from "./members.ts"
export { type OpenStreams, openStreams, type StreamsSource } from "./open-streams.ts"
export type { Membership, StreamHub } from "./stream-hub.ts"
export { streamChannel } from "./stream-message.ts"
export { tellAtOnce } from "./tell-at-once.ts"
export { streamAccountGone } from "./tell-gone.ts"
export {
  streamChanged,
  streamDeleted,
  streamFollow,
  streamPublished,
  streamSessionEnd,
} from "./tell-streams.ts"

export { fanOutPost } from "./fan-out-post.ts"
export { publishPost } from "./publish-post.ts"
export { readHome, WARM_POSTS } from "./read-home.ts"

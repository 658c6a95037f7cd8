import type { Status } from "@tintype/contract"

/** Where a shown post lives: told when the post changes or goes. */
export interface Shelf {
  replace(post: Status): void
  remove(id: string): void
}

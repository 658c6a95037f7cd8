import { createHash } from "node:crypto"
import type { Visibility } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import {
  type AccountId,
  accounts,
  type Db,
  type MediaId,
  type Mention,
  parseId,
  usernames,
} from "@tintype/db"
import { and, eq, inArray, isNull } from "drizzle-orm"
import { notBlocked } from "../barred.ts"
import { partsOfCaption } from "../caption-html.ts"
import { Invalid } from "../errors.ts"

/** What a member sends to make a post. */
export interface PostInput {
  caption: string
  mediaIds: readonly string[]
  /** The post that it answers; it is a comment then. */
  inReplyToId?: string | undefined
  visibility: Visibility | undefined
  sensitive: boolean
  spoilerText: string
  language: string | null
}

const invalid = (text: string) => new Invalid(`Validation failed: ${text}`)

/** @throws Invalid when the texts are too long */
export function checkTexts({ caption, spoilerText }: Pick<PostInput, "caption" | "spoilerText">): void {
  const most = LIMITS.captionCharacters
  if ([...caption].length + [...spoilerText].length > most) {
    throw invalid(`Text character limit of ${most} exceeded`)
  }
}

/** A comment may be text alone. @returns the photos in their order @throws Invalid */
export function checkDraft(input: PostInput): MediaId[] {
  if (input.mediaIds.length === 0 && !input.inReplyToId) throw invalid("A post needs at least one photo")
  if (input.mediaIds.length === 0 && input.caption.trim() === "") throw invalid("Text can't be blank")
  if (input.mediaIds.length > LIMITS.photosPerPost) {
    throw invalid(`A post cannot have more than ${LIMITS.photosPerPost} photos`)
  }
  if (new Set(input.mediaIds).size !== input.mediaIds.length) throw invalid("A photo is in the post twice")
  checkTexts(input)
  return input.mediaIds.map((text) => {
    const id = parseId<"media">(text)
    if (!id) throw invalid("A photo was not found")
    return id
  })
}

/** The same for the same input, so that one Idempotency-Key cannot stand for two posts. */
export const hashDraft = (input: PostInput): string =>
  createHash("sha256").update(JSON.stringify(input)).digest("hex")

/** The members whom a caption names, but for those who block its author or are blocked by them: they stay mere words. */
export async function findMentions(db: Db, authorId: AccountId, caption: string): Promise<Mention[]> {
  const { mentioned } = partsOfCaption(caption)
  if (mentioned.length === 0) return []
  return db
    .select({ id: accounts.id, username: accounts.username })
    .from(usernames)
    .innerJoin(accounts, eq(accounts.id, usernames.accountId))
    .where(
      and(inArray(usernames.name, mentioned), isNull(accounts.deletedAt), notBlocked(authorId, accounts.id)),
    )
}

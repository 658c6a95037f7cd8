import type { Status } from "@tintype/contract"
import { expect, test } from "vitest"
import { AT_ONCE, commentsOf, inOrder, without } from "./comments-of.ts"

/** Of a comment only its id is looked at, and what it answers. */
const aComment = (id: string, to = "1") => ({ id, in_reply_to_id: to }) as Status

test("comments stand in the order in which they were written, however long their ids are", () => {
  const ids = ["1000", "999", "9007199254740993", "9007199254740992"]
  expect(inOrder(ids.map((id) => aComment(id))).map(({ id }) => id)).toEqual([
    "999",
    "1000",
    "9007199254740992",
    "9007199254740993",
  ])
})

test("an own comment is seen at once, though others before it are not shown yet", () => {
  const comments = commentsOf("1")
  comments.all.value = Array.from({ length: AT_ONCE + 5 }, (_, index) => aComment(String(index + 10)))
  comments.add(aComment("100"))
  expect(comments.shown.value).toBe(AT_ONCE + 6)
  comments.add(aComment("100"))
  expect(comments.all.value).toHaveLength(AT_ONCE + 6)
  comments.remove("100")
  expect(comments.all.value).toHaveLength(AT_ONCE + 5)
})

test("a comment that is deleted takes what answers it along", () => {
  const comments = [aComment("2"), aComment("3", "2"), aComment("4"), aComment("5", "3"), aComment("6", "4")]
  expect(without(comments, "2").map(({ id }) => id)).toEqual(["4", "6"])
  expect(without(comments, "6")).toHaveLength(4)
})

import type { Status } from "@tintype/contract"
import { expect, test } from "vitest"
import { AT_ONCE, commentsOf, inThreads, without } from "./comments-of.ts"

/** Of a comment only its id is looked at, and what it answers. */
const aComment = (id: string, to = "1") => ({ id, in_reply_to_id: to }) as Status

test("comments stand in the order in which they were written, however long their ids are", () => {
  const ids = ["1000", "999", "9007199254740993", "9007199254740992"]
  expect(inThreads(ids.map((id) => aComment(id))).map(({ id }) => id)).toEqual([
    "999",
    "1000",
    "9007199254740992",
    "9007199254740993",
  ])
})

test("what answers a comment stands below it, whatever was said elsewhere in between", () => {
  const comments = [
    aComment("2"),
    aComment("3"),
    aComment("4", "2"),
    aComment("5", "4"),
    aComment("6", "1000"),
  ]
  expect(inThreads(comments.toReversed()).map(({ id }) => id)).toEqual(["2", "4", "5", "3", "6"])
})

test("an own answer is shown in its thread, and no more than that", () => {
  const comments = commentsOf("1")
  comments.all.value = Array.from({ length: AT_ONCE + 5 }, (_, index) => aComment(String(index + 10)))
  comments.add(aComment("100", "11"))
  expect(comments.all.value[2]?.id).toBe("100")
  expect(comments.shown.value).toBe(AT_ONCE)
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

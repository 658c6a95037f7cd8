import { describe, expect, test } from "vitest"
import { readTarget } from "./check-target.ts"

describe("a request target", () => {
  test.for([
    ["/", "/", ""],
    ["/@alice", "/@alice", ""],
    ["/@alice.b@other.example", "/@alice.b@other.example", ""],
    ["/api/v1/accounts?acct=alice%40x&x=1", "/api/v1/accounts", "?acct=alice%40x&x=1"],
    ["/a?b?c", "/a", "?b?c"],
    ["/tags/caf%C3%A9", "/tags/caf%C3%A9", ""],
    ["/a/...", "/a/...", ""],
    ["/a/.b/..c/d..", "/a/.b/..c/d..", ""],
    ["/a?x=../../etc", "/a", "?x=../../etc"],
    ["/a;b=1/c", "/a;b=1/c", ""],
    ["/a?x[]=1&y={}", "/a", "?x[]=1&y={}"],
    ["/a/", "/a/", ""],
    ["/a?", "/a", "?"],
    ["http://Photos.Example/a?b", "/a", "?b"],
  ] as const)("%s is split and otherwise left alone", ([target, path, search]) => {
    expect(readTarget(target, "photos.example")).toEqual({ path, search })
  })

  test.for([
    ["", 400],
    ["*", 400],
    ["a", 400],
    ["//a", 400],
    ["/a//b", 400],
    ["/..", 400],
    ["/.", 400],
    ["/a/../b", 400],
    ["/a/%2E%2e/b", 400],
    ["/a/.%2e", 400],
    ["/a%00", 400],
    ["/a%1f", 400],
    ["/a%7F", 400],
    ["/a%2fb", 400],
    ["/a%5Cb", 400],
    ["/a\\b", 400],
    ["/a#b", 400],
    ["/a?b#c", 400],
    ["/a%", 400],
    ["/a%g0", 400],
    ["/é", 400],
    ["/a?é", 400],
    ["http://photos.example", 400],
    ["http://photos.example:81/a", 400],
    ["ftp://photos.example/a", 400],
    [`/${"a".repeat(8192)}`, 414],
  ] as const)("%s is refused", ([target, status]) => {
    expect(readTarget(target, "photos.example")).toMatchObject({ status })
  })
})

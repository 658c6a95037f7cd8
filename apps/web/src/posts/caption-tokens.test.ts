import { expect, test } from "vitest"
import { readCaption } from "./caption-tokens.ts"

const text = (value: string) => ({ kind: "text", text: value })

test("keeps paragraphs, breaks, spans and web links", () => {
  const html =
    '<p>Dear <span class="h-card"><a href="https://photos.example/@bob" class="u-url">@bob</a></span><br/>hi</p>'
  const link = { kind: "link", href: "https://photos.example/@bob", children: [text("@bob")] }
  const children = [text("Dear "), { kind: "span", children: [link] }, { kind: "break" }, text("hi")]
  expect(readCaption(html)).toEqual([{ kind: "paragraph", children }])
})

test("reads entities once", () => {
  expect(readCaption("&lt;b&gt; &amp;lt; &#39;&#x1F600; &unknown;")).toEqual([text("<b> &lt; '😀 &unknown;")])
})

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java&#115;cript:alert(1)",
  " javascript:alert(1)",
  "data:text/html,x",
  "//nowhere",
  "",
])("gives no address to a link to %j", (href) => {
  expect(readCaption(`<a href="${href}">x</a>`)).toEqual([{ kind: "span", children: [text("x")] }])
})

test.each([
  ["<script>alert(1)</script>x", "x"],
  ["<style>a{}</style>x", "x"],
  ["<script>alert(1)", ""],
  ["<img src=x onerror=alert(1)>x", "x"],
  ["<!-- <p> -->x", "x"],
  ["<b>x</b>", "x"],
])("drops the element and keeps the text of %s", (html, kept) => {
  expect(readCaption(html)).toEqual(kept ? [text(kept)] : [])
})

test("survives what is not closed, closed too often or nested without end", () => {
  expect(readCaption("<p>x")).toEqual([{ kind: "paragraph", children: [text("x")] }])
  expect(readCaption("</p></a>x")).toEqual([text("x")])
  expect(JSON.stringify(readCaption("<span>".repeat(10_000)))).toHaveLength(
    JSON.stringify(readCaption("<span>".repeat(20))).length,
  )
  expect(readCaption("1 < 2")).toEqual([text("1 "), text("<"), text(" 2")])
})

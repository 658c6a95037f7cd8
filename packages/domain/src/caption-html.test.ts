import { expect, test } from "vitest"
import { captionHtml, partsOfCaption } from "./caption-html.ts"

const HOME = "https://photos.example"
const html = (text: string, ...known: string[]) => captionHtml(text, HOME, new Set(known))

test("markup in a caption comes out as text", () => {
  expect(html('<script>alert("1")</script> & <img src=x onerror=alert(1)>')).toBe(
    "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;img src=x onerror=alert(1)&gt;</p>",
  )
})

test("blank lines part paragraphs and single ones break lines", () => {
  expect(html("one\ntwo\r\n\r\nthree")).toBe("<p>one<br>two</p><p>three</p>")
})

test("an empty caption is empty", () => {
  expect(html("")).toBe("")
  expect(html("  \n ")).toBe("")
})

test("a link cannot leave its attribute", () => {
  expect(html('see https://a.example/?q="onmouseover=x')).toBe(
    '<p>see <a href="https://a.example/?q=" target="_blank" rel="nofollow noopener noreferrer">a.example/?q=</a>' +
      "&quot;onmouseover=x</p>",
  )
  expect(html("javascript:alert(1)")).toBe("<p>javascript:alert(1)</p>")
})

test("tags link, digits alone do not, and neither does a fragment of a URL", () => {
  expect(partsOfCaption("#Sea #2024 #été https://a.example/#no x#no").tags).toEqual(["sea", "été"])
  expect(partsOfCaption("#हिन्दी #e\u0301te\u0301 ❤️#Herz #ＡＢＣ #1️⃣").tags).toEqual([
    "हिन्दी",
    "été",
    "herz",
    "abc",
  ])
  expect(html("#Sea")).toBe(
    `<p><a href="${HOME}/tags/sea" class="mention hashtag" rel="tag">#<span>Sea</span></a></p>`,
  )
})

test("only names that exist are linked, and e-mail addresses are not names", () => {
  expect(partsOfCaption("@alice, @Bob bob@carol.example").mentioned).toEqual(["alice", "bob"])
  expect(html("@alice and @nobody", "alice")).toContain('/@alice" class="u-url mention">')
  expect(html("@nobody", "alice")).toBe("<p>@nobody</p>")
})

import type { VNode } from "preact"
import { useMemo } from "preact/hooks"
import { type CaptionNode, readCaption } from "./caption-tokens.ts"

/** A caption (or a profile's note), rebuilt from its HTML without ever trusting it. */
export function Caption({ html }: { html: string }) {
  const nodes = useMemo(() => readCaption(html), [html])
  return nodes.length > 0 ? (
    <div class="caption" dir="auto">
      {nodes.map(show)}
    </div>
  ) : null
}

function show(node: CaptionNode): VNode | string {
  switch (node.kind) {
    case "text":
      return node.text
    case "break":
      return <br />
    case "paragraph":
      return <p dir="auto">{node.children.map(show)}</p>
    case "span":
      return <span>{node.children.map(show)}</span>
    case "link":
      return <CaptionLink href={node.href}>{node.children.map(show)}</CaptionLink>
  }
}

/** Links within this site stay in the page; others open beside it and learn nothing of it. */
function CaptionLink({ href, children }: { href: string; children: (VNode | string)[] }) {
  if (new URL(href).origin === location.origin) return <a href={href}>{children}</a>
  return (
    <a href={href} target="_blank" rel="nofollow noopener noreferrer">
      {children}
    </a>
  )
}

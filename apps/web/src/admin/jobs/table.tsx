import type { ComponentChildren } from "preact"

interface TableProps {
  caption: string
  heads: readonly string[]
  children: ComponentChildren
}

/** A table that scrolls by itself where the screen is narrow. */
export function Table({ caption, heads, children }: TableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard.
    <section class="sheet" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  )
}

/** How something stands; the word says it, the colour only helps. */
export const State = ({ of }: { of: string }) => <span class={`state state-${of}`}>{of}</span>

interface FigureProps {
  label: string
  value: string
  alarming?: boolean
}

/** One line of a list of figures. */
export function Figure({ label, value, alarming = false }: FigureProps) {
  return (
    <div class={alarming ? "figure alarming" : "figure"}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Rows as columns of text that stand below each other. */
export function table(heads: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  const lines = [heads, ...rows].map((row) => row.map((cell) => String(cell ?? "")))
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  )
}

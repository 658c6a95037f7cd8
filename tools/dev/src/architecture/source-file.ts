import { readFileSync } from "node:fs"
import { dirname, join, normalize } from "node:path"
import { parseSync, Visitor } from "oxc-parser"

export interface Import {
  specifier: string
  typeOnly: boolean
}

export interface LongFunction {
  line: number
  lines: number
}

/** What the rules look at in one source file. */
export interface SourceFile {
  /** From the checkout's root, with slashes. */
  path: string
  text: string
  lines: number
  imports: Import[]
  hasDefaultExport: boolean
  functions: LongFunction[]
  /** Lines in which a property is assigned a function that is written there. */
  assignedFunctions: number[]
}

interface Span {
  start: number
  end: number
}

function functionsOf(path: string, text: string): Pick<SourceFile, "functions" | "assignedFunctions"> {
  const functions: LongFunction[] = []
  const assignedFunctions: number[] = []
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length
  const note = ({ start, end }: Span) =>
    void functions.push({ line: lineOf(start), lines: lineOf(end) - lineOf(start) + 1 })
  const { program } = parseSync(path, text)
  new Visitor({
    FunctionDeclaration: note,
    FunctionExpression: note,
    ArrowFunctionExpression: note,
    AssignmentExpression({ left, right, start }) {
      const isFunction = right.type === "ArrowFunctionExpression" || right.type === "FunctionExpression"
      if (isFunction && left.type === "MemberExpression") assignedFunctions.push(lineOf(start))
    },
  }).visit(program)
  return { functions, assignedFunctions }
}

export function parseSource(path: string, text: string): SourceFile {
  const { module } = parseSync(path, text)
  const fromImports = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    typeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }))
  const fromExports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) =>
      moduleRequest ? [{ specifier: moduleRequest.value, typeOnly: isType }] : [],
    ),
  )
  const hasDefaultExport = module.staticExports.some(({ entries }) =>
    entries.some(({ exportName }) => exportName.kind === "Default"),
  )
  const lines = text.split("\n").length - 1
  return {
    path,
    text,
    lines,
    imports: [...fromImports, ...fromExports],
    hasDefaultExport,
    ...functionsOf(path, text),
  }
}

export const readSource = (root: string, path: string): SourceFile =>
  parseSource(path, readFileSync(join(root, path), "utf8"))

/** The path of a relative import, from the root; undefined for a package's. */
export function relativeTarget(file: SourceFile, specifier: string): string | undefined {
  return specifier.startsWith(".") ? normalize(join(dirname(file.path), specifier)) : undefined
}

export const isTest = ({ path }: SourceFile): boolean =>
  /\.test\.tsx?$|\/testing\/|^e2e\/|\/model\//.test(path)

import { isTest, relativeTarget, type SourceFile } from "./source-file.ts"

/** Each rule gives the offences as lines to read; none is good. */
export type Rule = (files: readonly SourceFile[]) => string[]

/** Who may import whom, of the workspace. `*` ends a name that covers its subpaths. */
const LAYERS: Record<string, { runtime: string[]; types?: string[] }> = {
  "packages/config": { runtime: [] },
  "packages/observe": { runtime: [] },
  "packages/contract": { runtime: [] },
  "packages/db": { runtime: ["config", "observe"] },
  "packages/cache": { runtime: ["observe"] },
  "packages/queue": { runtime: ["db", "observe"] },
  "packages/media": { runtime: ["observe"] },
  "packages/domain": {
    runtime: ["db", "cache", "queue", "media*", "observe", "contract/limits"],
    types: ["contract"],
  },
  "apps/gateway": {
    runtime: [
      "config",
      "observe",
      "contract/at-the-gateway",
      "cache/hear-purges",
      "cache/shared-limiter",
      "media/blob-store",
      "media/signed-path",
    ],
  },
  "apps/api": { runtime: ["config", "observe", "contract*", "domain*", "db", "cache", "queue", "media*"] },
  "apps/worker": { runtime: ["config", "observe", "domain*", "db", "cache", "queue", "media*"] },
  "apps/cli": { runtime: ["config", "observe", "domain*"] },
  "apps/web": { runtime: ["contract/limits"], types: ["contract"] },
}

const allows = (names: readonly string[], wanted: string) =>
  names.some((name) =>
    name.endsWith("*") ? `${wanted}/`.startsWith(`${name.slice(0, -1)}/`) : wanted === name,
  )

const packageOf = (path: string) => path.split("/").slice(0, 2).join("/")

export const layers: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const layer = LAYERS[packageOf(file.path)]
      if (!layer) return []
      return file.imports.flatMap(({ specifier, typeOnly }) => {
        const [, wanted] = /^@tintype\/(.*)$/.exec(specifier) ?? []
        if (!wanted || allows(layer.runtime, wanted)) return []
        if (typeOnly && allows(layer.types ?? [], wanted)) return []
        return [`${file.path} imports ${specifier}`]
      })
    })

/** A feature of the domain imports those to its left, through their index. */
const FEATURES = [
  "accounts",
  "auth",
  "media",
  "relationships",
  "lists",
  "posts",
  "timelines",
  "streams",
  "exports",
  "farewell",
  "instance",
  "jobs",
]

export const features: Rule = (files) =>
  files
    .filter((file) => !isTest(file))
    .flatMap((file) => {
      const [, own] = /^packages\/domain\/src\/([^/]+)\//.exec(file.path) ?? []
      if (!own) return []
      if (!FEATURES.includes(own)) return [`${file.path}: the feature ${own} has no place in the order`]
      return file.imports.flatMap(({ specifier }) => {
        const [, other, rest] =
          /^packages\/domain\/src\/([^/]+)\/(.*)$/.exec(relativeTarget(file, specifier) ?? "") ?? []
        if (!other || other === own) return []
        const isLeft = FEATURES.indexOf(other) < FEATURES.indexOf(own)
        return isLeft && rest === "index.ts" ? [] : [`${file.path} imports ${specifier}`]
      })
    })

/** Libraries that one package alone may know. */
const OWNED: Record<string, RegExp> = {
  sharp: /^packages\/media\/src\//,
  bullmq: /^packages\/queue\/src\//,
  ioredis: /^packages\/(cache|queue)\/src\//,
  "drizzle-orm": /^packages\/(db|queue|domain)\/src\//,
}

export const ownedLibraries: Rule = (files) =>
  files
    .filter(
      (file) =>
        !isTest(file) && /^(apps|packages)\//.test(file.path) && !file.path.startsWith("packages/testkit/"),
    )
    .flatMap((file) =>
      file.imports.flatMap(({ specifier }) => {
        const owner = OWNED[specifier.split("/")[0] ?? ""]
        return owner && !owner.test(file.path) ? [`${file.path} imports ${specifier}`] : []
      }),
    )

export const environment: Rule = (files) =>
  files
    .filter(
      ({ path }) =>
        !/^(tools|e2e)\/|^packages\/(config\/src\/env\.ts|testkit\/)|\.config\.ts$|\.test\.ts$/.test(path),
    )
    .filter(({ text }) => text.includes("process.env"))
    .map(({ path }) => `${path} reads process.env`)

export const namedExports: Rule = (files) =>
  files
    .filter(({ path, hasDefaultExport }) => hasDefaultExport && !path.endsWith(".config.ts"))
    .map(({ path }) => `${path} has a default export`)

/** Imports that run, followed through the workspace's own files; what comes back to its start is a cycle. */
export const cycles: Rule = (files) => {
  const graph = new Map(
    files.map((file) => [
      file.path,
      file.imports.flatMap(({ specifier, typeOnly }) =>
        typeOnly ? [] : (relativeTarget(file, specifier) ?? []),
      ),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path)
    if (at >= 0) found.push([...trail.slice(at), path].join(" → "))
    if (at >= 0 || done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}

/**
 * What is asked all the time must be collected soon. V8 puts a function that is written where a property is assigned
 * into the old generation, and keeps with it whatever it refers to; declared before, it is as young as the rest.
 */
export const youngFunctions: Rule = (files) =>
  files
    .filter((file) => /^(packages|apps\/(api|gateway|worker))\//.test(file.path) && !isTest(file))
    .flatMap(({ path, assignedFunctions }) =>
      assignedFunctions.map(
        (line) => `${path}:${line} assigns a function that is written there to a property`,
      ),
    )

const LONGEST_FILE = 300
const LONGEST_FUNCTION = 60

export const sizes: Rule = (files) =>
  files.flatMap((file) => [
    ...(file.lines > LONGEST_FILE ? [`${file.path} has ${file.lines} lines`] : []),
    ...(isTest(file) ? [] : file.functions)
      .filter(({ lines }) => lines > LONGEST_FUNCTION)
      .map(({ line, lines }) => `${file.path}:${line} is a function of ${lines} lines`),
  ])

/** Half of the files, and nine tenths of them, stay below these lengths. */
export const spread: Rule = (files) => {
  const lengths = files
    .filter((file) => !isTest(file))
    .map(({ lines }) => lines)
    .sort((a, b) => a - b)
  const at = (share: number) => lengths[Math.floor(lengths.length * share)] ?? 0
  return [
    ...(at(0.5) > 60 ? [`the median file has ${at(0.5)} lines`] : []),
    ...(at(0.9) > 200 ? [`a tenth of the files have more than ${at(0.9)} lines`] : []),
  ]
}

import { Validator } from "@seriousme/openapi-schema-validator"
import { type RouteSpec, routes } from "@tintype/contract"
import { expect, test } from "vitest"
import { openApiDocument } from "./document.ts"

const document = openApiDocument({ publicUrl: "https://photos.example", title: "Photos" }, "0.1.0", "tintype")

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator()
  const result = await validator.validate(structuredClone(document))
  expect(result.errors).toBeUndefined()
  expect(result.valid).toBe(true)
  expect(validator.version).toBe("3.1")
})

test.for(Object.entries<RouteSpec>(routes))("%s is in it, with its refusals", ([name, route]) => {
  const path = route.url.replace(/:(\w+)/g, "{$1}")
  expect(document).toHaveProperty(["paths", path, route.method.toLowerCase(), "operationId"], name)
  for (const status of [...Object.keys(route.response), 422, ...(route.refusals ?? [])]) {
    expect(document).toHaveProperty(["paths", path, route.method.toLowerCase(), "responses", String(status)])
  }
})

test("every reference leads somewhere, and entities are written once", () => {
  const references = JSON.stringify(document).match(/#\/components\/schemas\/[\w.]+/g) ?? []
  expect(references.length).toBeGreaterThan(20)
  for (const each of new Set(references)) {
    expect(document).toHaveProperty(
      each
        .slice(2)
        .split("/")
        .slice(0, 2)
        .concat(each.split("/").at(-1) ?? ""),
    )
  }
  expect(document).toHaveProperty(["paths", "/api/v1/accounts/{id}", "get", "responses", "200", "content"], {
    "application/json": { schema: { $ref: "#/components/schemas/Account" } },
  })
})

test("lists in a query have brackets, and what has a default need not be sent", () => {
  const { parameters } = operation("/api/v1/accounts/relationships", "get")
  expect(parameters).toContainEqual(expect.objectContaining({ name: "id[]", in: "query", required: false }))
})

test("an upload's file is a field of its multipart form alone", () => {
  const { requestBody } = operation("/api/v2/media", "post")
  expect(requestBody).toHaveProperty(
    ["content", "multipart/form-data", "schema", "properties", "file", "format"],
    "binary",
  )
  expect(requestBody).not.toHaveProperty(["content", "application/json", "schema", "properties", "file"])
})

interface Operation {
  parameters: unknown[]
  requestBody: unknown
}

function operation(path: string, method: string): Operation {
  const { paths } = document as { paths: Record<string, Record<string, Operation>> }
  const found = paths[path]?.[method]
  if (!found) throw new Error(`no ${method} ${path}`)
  return found
}

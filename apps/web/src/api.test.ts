import { expect, test } from "vitest"
import { ApiError, refusal, tell } from "./api.ts"

test("a refusal says what the server said, and what is wrong with which field", () => {
  const details = { email: [{ error: "ERR_BLANK", description: "can't be blank" }] }
  const error = refusal(422, JSON.stringify({ error: "Validation failed", details }))
  expect(tell(error)).toBe("Validation failed")
  expect(error.field("email")).toBe("can't be blank")
  expect(error.field("username")).toBeUndefined()
})

test.each([502, 503, 504])("a %i is told as a server that is busy, whatever its body", (status) => {
  expect(refusal(status, "<html>").message).toMatch(/busy or restarting/)
})

test.each(["", "<html>", "null", '{"error":7}', "[]"])(
  "a refusal with the body %j still says something",
  (text) => {
    expect(refusal(418, text).message).toBe("The server refused (418).")
  },
)

test("an error of the page itself is not shown in its own words", () => {
  expect(tell(new TypeError("x is not a function"))).not.toContain("function")
  expect(tell(new ApiError(0, "No answer."))).toBe("No answer.")
})

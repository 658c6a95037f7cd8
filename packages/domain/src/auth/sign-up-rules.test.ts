import { expect, test } from "vitest"
import { Invalid } from "../errors.ts"
import { checkSignUp } from "./sign-up-rules.ts"

const good = { username: "alice", email: "alice@example.com", password: "a good password", agreement: true }

function refusalOf(change: Partial<typeof good>): Invalid {
  try {
    checkSignUp({ ...good, ...change })
  } catch (error) {
    if (error instanceof Invalid) return error
  }
  throw new Error("was not refused")
}

test("a good form is trimmed and its address lower-cased", () => {
  expect(checkSignUp({ ...good, username: " Alice_1 ", email: " Alice@Example.COM " })).toEqual({
    ...good,
    username: "Alice_1",
    email: "alice@example.com",
  })
})

test.for([
  [{ username: "" }, { username: ["ERR_BLANK"] }],
  [{ username: "al ice" }, { username: ["ERR_INVALID"] }],
  [{ username: "älice" }, { username: ["ERR_INVALID"] }],
  [{ username: "alice-b" }, { username: ["ERR_INVALID"] }],
  [{ username: "a".repeat(31) }, { username: ["ERR_TOO_LONG"] }],
  [{ username: "Admin" }, { username: ["ERR_RESERVED"] }],
  [{ email: "" }, { email: ["ERR_BLANK"] }],
  [{ email: "alice" }, { email: ["ERR_INVALID"] }],
  [{ email: "alice@" }, { email: ["ERR_INVALID"] }],
  [{ email: "a@b@c" }, { email: ["ERR_INVALID"] }],
  [{ email: "alice@exa mple.com" }, { email: ["ERR_INVALID"] }],
  [{ email: `${"a".repeat(250)}@b.co` }, { email: ["ERR_INVALID"] }],
  [{ password: "" }, { password: ["ERR_BLANK"] }],
  [{ password: "1234567" }, { password: ["ERR_TOO_SHORT"] }],
  [{ password: "x".repeat(129) }, { password: ["ERR_TOO_LONG"] }],
  [{ agreement: false }, { agreement: ["ERR_ACCEPTED"] }],
  [
    { username: "", email: "x", password: "y", agreement: false },
    {
      username: ["ERR_BLANK"],
      email: ["ERR_INVALID"],
      password: ["ERR_TOO_SHORT"],
      agreement: ["ERR_ACCEPTED"],
    },
  ],
] as const)("%j is refused by %j", ([change, codes]) => {
  const { message, details = {} } = refusalOf(change)
  const found = Object.fromEntries(
    Object.entries(details).map(([field, errors]) => [field, errors.map(({ error }) => error)]),
  )
  expect(found).toEqual(codes)
  expect(message).toMatch(/^Validation failed: /)
})

test("the words say what is wrong with which field", () => {
  const { message } = refusalOf({ username: "", agreement: false })
  expect(message).toBe("Validation failed: Username can't be blank, Service agreement must be accepted")
})

test.for(["👩‍🚀👩‍🚀👩‍🚀👩‍🚀", "пароль-па", " spaces at the ends "])(
  "%j may be a password, unchanged",
  (password) => {
    expect(checkSignUp({ ...good, password }).password).toBe(password)
  },
)

test.for([`${"a.".repeat(5000)}@${"a-".repeat(5000)}`, `a@${"a".repeat(60)}.`.repeat(3)])(
  "a long address makes no work: %#",
  (email) => {
    expect(refusalOf({ email }).details).toHaveProperty("email")
  },
)

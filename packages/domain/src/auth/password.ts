import { argon2, randomBytes, timingSafeEqual } from "node:crypto"
import { promisify } from "node:util"
import { Gate } from "./gate.ts"

const derive = promisify(argon2)

/**
 * One of OWASP's equal choices for argon2id (Password Storage Cheat Sheet): 46 MiB, one pass, one lane. Blocks above
 * 32 MiB go back to the system when they are freed; of the choice with 19 MiB, glibc keeps some 80 MiB for good.
 */
const COST = { memory: 46 * 1024, passes: 1, parallelism: 1 }
const HASH_BYTES = 32
const SALT_BYTES = 16

/** Two at once keep two of libuv's four threads free for files and names; 64 more wait two seconds or so. */
const gate = new Gate(2, 64)

const unpadded = (bytes: Buffer): string => bytes.toString("base64").replace(/=+$/, "")

const phc = (salt: Buffer, hash: Buffer): string =>
  `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(salt)}$${unpadded(hash)}`

/** Of no password: checked against when there is no such member, so that this takes just as long. */
export const NOBODYS_HASH = phc(Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES))

/**
 * @returns argon2id in PHC string format
 * @throws Unavailable when too many passwords are being hashed
 */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES)
  const hash = await gate.run(() =>
    derive("argon2id", { message: password, nonce, tagLength: HASH_BYTES, ...COST }),
  )
  return phc(nonce, hash)
}

/**
 * Whether the password is the one of the hash, whose own cost parameters are used.
 *
 * @throws Unavailable when too many passwords are being hashed
 */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const [, memory, passes, parallelism, salt, hash] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? []
  if (!salt || !hash) throw new Error("a stored password hash is malformed")
  const expected = Buffer.from(hash, "base64")
  const actual = await gate.run(() =>
    derive("argon2id", {
      message: password,
      nonce: Buffer.from(salt, "base64"),
      memory: Number(memory),
      passes: Number(passes),
      parallelism: Number(parallelism),
      tagLength: expected.length,
    }),
  )
  return timingSafeEqual(actual, expected)
}

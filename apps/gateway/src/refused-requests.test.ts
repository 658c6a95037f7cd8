import { describe, expect, test } from "vitest"
import { startBackend } from "./testing/backend.ts"
import { sendRaw } from "./testing/raw-client.ts"
import { startGateway } from "./testing/start-gateway.ts"

const HOST = "Host: photos.example\r\n"
const MARKER = `GET /api/marker HTTP/1.1\r\n${HOST}\r\n`

const get = (target: string, headers = "") => `GET ${target} HTTP/1.1\r\n${HOST}${headers}\r\n`
const post = (headers: string, body = "") => `POST /api/v1/statuses HTTP/1.1\r\n${HOST}${headers}\r\n${body}`
const chunked = (body: string) => post("Transfer-Encoding: chunked\r\n", body)

/** Requests that two servers could read differently: name, bytes, status. Written from RFC 9112 and RFC 9110. */
const VECTORS: ReadonlyArray<readonly [name: string, bytes: string, status: number]> = [
  // Two framings at once (RFC 9112 §6.1, §6.3).
  ["CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG"), 400],
  ["TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "1\r\nA\r\n0\r\n\r\n"), 400],
  [
    "TE.TE, the second unknown",
    post("Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n"),
    400,
  ],
  [
    "TE.TE, the first unknown",
    post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    400,
  ],
  ["TE twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["TE list", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501],
  ["TE identity", post("Transfer-Encoding: identity\r\n", "0\r\n\r\n"), 501],
  ["TE behind a vertical tab", post("Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"), 400],
  ["TE with a space before the colon", post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"), 400],
  ["TE with an underscore", post("Transfer_Encoding: chunked\r\n", "0\r\n\r\n"), 400],
  ["TE in HTTP/1.0", chunked("0\r\n\r\n").replace("HTTP/1.1", "HTTP/1.0"), 400],
  [
    "TE taken off by Connection",
    post("Connection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    400,
  ],
  ["CL taken off by Connection", post("Connection: close, Content-Length\r\nContent-Length: 0\r\n"), 400],
  [
    "Authorization taken off by Connection",
    get("/api/x", "Connection: authorization\r\nAuthorization: Bearer x\r\n"),
    400,
  ],
  // Lengths that are no plain number (§6.2).
  ["two equal CL", post("Content-Length: 0\r\nContent-Length: 0\r\n"), 400],
  ["two unequal CL", post("Content-Length: 0\r\nContent-Length: 40\r\n"), 400],
  ["CL list", post("Content-Length: 0, 0\r\n"), 400],
  ["CL with a sign", post("Content-Length: +0\r\n"), 400],
  ["negative CL", post("Content-Length: -1\r\n"), 400],
  ["hexadecimal CL", post("Content-Length: 0x0\r\n"), 400],
  ["CL with a space inside", post("Content-Length: 1 0\r\n"), 400],
  ["empty CL", post("Content-Length: \r\n"), 400],
  ["CL beyond 64 bits", post("Content-Length: 99999999999999999999\r\n"), 400],
  ["CL with a fraction", post("Content-Length: 0.0\r\n"), 400],
  // Chunks (§7.1).
  ["chunk size that is no number", chunked("zz\r\nabc\r\n0\r\n\r\n"), 400],
  ["chunk size with 0x", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400],
  ["negative chunk size", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400],
  ["chunk size beyond 64 bits", chunked("10000000000000003\r\nabc\r\n0\r\n\r\n"), 400],
  ["chunk size before a space", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400],
  ["chunk size before a bare LF", chunked("3\nabc\r\n0\r\n\r\n"), 400],
  ["chunk longer than its size", chunked("3\r\nabcX\r\n0\r\n\r\n"), 400],
  ["chunk data before a bare LF", chunked("3\r\nabc\n0\r\n\r\n"), 400],
  ["bare LF in a chunk extension", chunked("3;a\nb\r\nabc\r\n0\r\n\r\n"), 400],
  ["endless chunk extension", chunked(`3;${"a".repeat(20_000)}\r\nabc\r\n0\r\n\r\n`), 413],
  ["trailer with a space before the colon", chunked("0\r\nX : y\r\n\r\n"), 400],
  // Lines (§2.2, §5).
  ["bare LF after the request line", `GET /api/x HTTP/1.1\n${HOST}\r\n`, 400],
  ["bare LF after a header", get("/api/x", "X: y\nZ: z\r\n"), 400],
  ["bare CR in a header", get("/api/x", "X: y\rZ: z\r\n"), 400],
  ["folded header", get("/api/x", "X: y\r\n z\r\n"), 400],
  ["space before the first header", `GET /api/x HTTP/1.1\r\n ${HOST}\r\n`, 400],
  ["space before a colon", get("/api/x", "X : y\r\n"), 400],
  ["header without a name", get("/api/x", ": y\r\n"), 400],
  ["header name with a bracket", get("/api/x", "X[]: y\r\n"), 400],
  ["header name with an underscore", get("/api/x", "X_Forwarded_For: 192.0.2.1\r\n"), 400],
  ["NUL in a header", get("/api/x", "X: a\0b\r\n"), 400],
  ["control character in a header", get("/api/x", "X: a\x01b\r\n"), 400],
  ["101 headers", get("/api/x", "X: y\r\n".repeat(100)), 431],
  ["17 KiB of headers", get("/api/x", `X: ${"y".repeat(17 * 1024)}\r\n`), 431],
  ["two Authorization headers", get("/api/x", "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400],
  [
    "two Idempotency-Key headers",
    post("Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n"),
    400,
  ],
  // Hosts (§3.2).
  ["no Host", "GET /api/x HTTP/1.1\r\n\r\n", 400],
  ["no Host in HTTP/1.0", "GET /api/x HTTP/1.0\r\n\r\n", 400],
  ["empty Host", "GET /api/x HTTP/1.1\r\nHost: \r\n\r\n", 400],
  ["two Hosts", get("/api/x", "Host: evil.example\r\n"), 400],
  ["Host list", "GET /api/x HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", 400],
  ["Host with a user", "GET /api/x HTTP/1.1\r\nHost: a@b.example\r\n\r\n", 400],
  ["Host with a path", "GET /api/x HTTP/1.1\r\nHost: a.example/x\r\n\r\n", 400],
  ["Host with a port that is none", "GET /api/x HTTP/1.1\r\nHost: a.example:http\r\n\r\n", 400],
  ["absolute form for another host", get("http://evil.example/api/x"), 400],
  ["absolute form with a user", get("http://user@photos.example/api/x"), 400],
  // Targets (§3.2) and methods.
  ["fragment", get("/api/x#y"), 400],
  ["no leading slash", get("api/x"), 400],
  ["asterisk", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, 400],
  ["backslash", get("/api\\x"), 400],
  ["encoded backslash", get("/api/%5cx"), 400],
  ["encoded slash", get("/api/a%2Fb"), 400],
  ["encoded NUL", get("/api/x%00"), 400],
  ["encoded line feed", get("/api/x%0aX-Header:y"), 400],
  ["dot segments", get("/media/../api/x"), 400],
  ["encoded dot segments", get("/media/%2e%2E/api/x"), 400],
  ["single dot segment", get("/api/./x"), 400],
  ["empty segment", get("//evil.example/api/x"), 400],
  ["broken escape", get("/api/%zz"), 400],
  ["raw byte beyond ASCII", get("/api/\xe9"), 400],
  ["raw control character", get("/api/\x01"), 400],
  ["space in the target", get("/api/a b"), 400],
  ["9 KiB of target", get(`/api/${"x".repeat(9 * 1024)}`), 414],
  ["HTTP/0.9", "GET /api/x\r\n\r\n", 505],
  ["HTTP/2.0 in text", `GET /api/x HTTP/2.0\r\n${HOST}\r\n`, 505],
  ["HTTP/1.2", `GET /api/x HTTP/1.2\r\n${HOST}\r\n`, 400],
  ["HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["TRACE", `TRACE /api/x HTTP/1.1\r\n${HOST}\r\n`, 405],
  ["CONNECT", `CONNECT photos.example:443 HTTP/1.1\r\n${HOST}\r\n`, 405],
  ["PROPFIND", `PROPFIND /api/x HTTP/1.1\r\n${HOST}\r\n`, 501],
  ["unknown method", `FETCH /api/x HTTP/1.1\r\n${HOST}\r\n`, 400],
  ["lower-case method", `get /api/x HTTP/1.1\r\n${HOST}\r\n`, 400],
  ["GET with a body", get("/api/x", "Content-Length: 3\r\n").concat("abc"), 400],
  ["HEAD with chunks", `HEAD /api/x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ["expectation unknown", post("Expect: a-miracle\r\nContent-Length: 0\r\n"), 417],
]

describe("a request that two servers could read differently", () => {
  test.for(VECTORS)("is refused and never reaches a replica: %s", async ([, bytes, status]) => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    for (const answer of [await sendRaw(gateway.port, bytes), await sendRaw(gateway.port, bytes + MARKER)]) {
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
      expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1)
      expect(answer.toLowerCase()).toContain("\r\nconnection: close\r\n")
      if (!bytes.startsWith("HEAD")) expect(answer).toMatch(/\{"error":"[^"]+"\}$/)
    }
    expect(backend.requests).toEqual([])
  })
})

describe("a request that is odd but means one thing", () => {
  test.for([
    ["absolute form for the host asked", get("http://photos.example/api/x", "Connection: close\r\n")],
    ["empty line before it", `\r\n${get("/api/x", "Connection: close\r\n")}`],
    ["HTTP/1.0", `GET /api/x HTTP/1.0\r\n${HOST}\r\n`],
    [
      "upper-case coding",
      post("Transfer-Encoding: CHUNKED\r\nConnection: close\r\n", "0\r\n\r\n").replace("/v1/statuses", "/x"),
    ],
    ["brackets in the query", get("/api/x?media_ids[]=1", "Connection: close\r\n")],
  ] as const)("is forwarded: %s", async ([, bytes]) => {
    const backend = await startBackend()
    const gateway = await startGateway({ apiUpstreams: [backend.origin] })

    const answer = await sendRaw(gateway.port, bytes)

    expect(answer).toMatch(/^HTTP\/1\.1 200 /)
    expect(backend.complete.map((each) => each.url?.split("?")[0])).toEqual(["/api/x"])
  })
})

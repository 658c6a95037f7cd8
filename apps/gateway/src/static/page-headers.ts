import type { OutgoingHttpHeaders } from "node:http"

const POLICY: Readonly<Record<string, string>> = {
  "default-src": "'self'",
  "img-src": "'self' data: blob:",
  "style-src": "'self'",
  "script-src": "'self'",
  "connect-src": "'self'",
  "object-src": "'none'",
  "frame-ancestors": "'none'",
  "base-uri": "'none'",
  "form-action": "'self'",
}

/** What Vite's development server needs beyond it: inline preamble and styles, and its socket. */
const DEV_POLICY: Readonly<Record<string, string>> = {
  ...POLICY,
  "style-src": "'self' 'unsafe-inline'",
  "script-src": "'self' 'unsafe-inline'",
  "connect-src": "'self' ws: wss:",
}

const write = (policy: Readonly<Record<string, string>>) =>
  Object.entries(policy)
    .map(([directive, sources]) => `${directive} ${sources}`)
    .join("; ")

const SHARED = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "strict-origin-when-cross-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
  "cross-origin-opener-policy": "same-origin",
}

/** What a browser is told about every file of the web app: run nothing but what came from here. */
export const PAGE_HEADERS: Readonly<OutgoingHttpHeaders> = {
  ...SHARED,
  "content-security-policy": write(POLICY),
}

/** The same while a development server serves the web app. */
export const DEV_PAGE_HEADERS: Readonly<OutgoingHttpHeaders> = {
  ...SHARED,
  "content-security-policy": write(DEV_POLICY),
}

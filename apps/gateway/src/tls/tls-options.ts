import type { SecureContextOptions } from "node:tls"

/**
 * TLS 1.2 with forward secrecy and authenticated encryption, and 1.3: every browser since 2014 (Mozilla's
 * "intermediate" profile without its ciphers for finite-field Diffie-Hellman).
 */
export const TLS_OPTIONS: SecureContextOptions = {
  minVersion: "TLSv1.2",
  ciphers: [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ECDHE-RSA-CHACHA20-POLY1305",
  ].join(":"),
}

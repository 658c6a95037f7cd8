import { preact } from "@preact/preset-vite"
import { defineConfig } from "vite"
import { compressAssets } from "./compress-assets.ts"

export default defineConfig({
  plugins: [preact({ prefreshEnabled: true, devToolsEnabled: false }), compressAssets()],
  // The gateway passes requests and the HMR websocket on under the name that the browser asked for.
  server: { host: "127.0.0.1", strictPort: true, allowedHosts: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // Nothing may be inlined as data: URL scripts or styles under the policy; small images may.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

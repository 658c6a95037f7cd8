// Asks a server on this machine whether it lives. Argument: the URL. Exit code 0: it does.
try {
  const { ok } = await fetch(process.argv[2], { signal: AbortSignal.timeout(2000) })
  process.exit(ok ? 0 : 1)
} catch {
  process.exit(1)
}

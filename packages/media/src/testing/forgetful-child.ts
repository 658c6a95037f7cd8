/** A child that refuses every photo and doubts it: its reason is the number of photos that it was given so far. */
let photos = 0
process.on("message", () => {
  photos++
  process.send?.({ began: true })
  process.send?.({ refused: String(photos), doubtful: true })
})
process.on("disconnect", () => process.exit())

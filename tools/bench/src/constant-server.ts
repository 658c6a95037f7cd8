import fastify from "fastify"

/** A process of its own, forked with a body to answer everything with: what Fastify costs alone. Tells its URL. */
process.once("message", async (body) => {
  const app = fastify()
  app.get("/", (_request, reply) => reply.type("application/json").send(body))
  process.send?.(await app.listen({ port: 0, host: "127.0.0.1" }))
})

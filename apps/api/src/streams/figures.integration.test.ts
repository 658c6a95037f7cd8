import { registerStreams, streamSessionEnd } from "@tintype/domain/streams"
import { createMetrics, type Metrics } from "@tintype/observe"
import { expect, vi } from "vitest"
import { aTokenHolder, open, publish, test } from "../testing/streams.ts"

async function samplesOf(metrics: Metrics) {
  const samples = (await metrics.families()).flatMap((each) => each.samples)
  const named = samples.map(
    ({ name, labels, value }) => [[name, ...Object.values(labels)].join(" "), value] as const,
  )
  return Object.fromEntries(named)
}

test("streams are told of: how many are open, what went over them, and why they were closed", async ({
  api,
  port,
}) => {
  const metrics = createMetrics()
  registerStreams(metrics, api.streams)
  const viewer = await aTokenHolder(api)
  const stream = await open(port, `?stream=user&access_token=${viewer.token}`)
  expect(await samplesOf(metrics)).toMatchObject({ tintype_api_streams: 1 })

  await publish(api.ctx, viewer.actor)
  await vi.waitFor(() => expect(stream.frames).toHaveLength(1))
  await vi.waitFor(async () =>
    expect(await samplesOf(metrics)).toMatchObject({
      "tintype_api_stream_messages_total published": 1,
      tintype_api_stream_seconds_count: 1,
    }),
  )

  const { clientId: client_id, clientSecret: client_secret } = viewer.client
  const payload = { client_id, client_secret, token: viewer.token }
  expect((await api.app.inject({ method: "POST", url: "/oauth/revoke", payload })).statusCode).toBe(200)
  await streamSessionEnd(api.ctx, { accountId: viewer.actor.accountId })
  await stream.closed
  expect(await samplesOf(metrics)).toMatchObject({
    tintype_api_streams: 0,
    "tintype_api_streams_closed_total session": 1,
  })
})

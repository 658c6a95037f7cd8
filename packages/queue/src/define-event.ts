import type { Static, TSchema } from "typebox"
import { defineJob, type Job, type JobOptions } from "./define-job.ts"
import type { NewJob } from "./enqueue.ts"
import type { Catalogue } from "./handlers.ts"

/** Something that has happened, told once by the operation that did it. Who listens, it does not know. */
export interface DomainEvent<Name extends string = string, Schema extends TSchema = TSchema> {
  /** `<feature>.<past participle>`. */
  readonly name: Name
  /** Ids, and what a subscriber cannot look up any more. */
  readonly payload: Schema
}

export type EventPayload<E extends DomainEvent> = Static<E["payload"]>

export const defineEvent = <const Name extends string, Schema extends TSchema>(
  event: DomainEvent<Name, Schema>,
): DomainEvent<Name, Schema> => event

/** A job that every event of a kind makes one of. It is retried, limited and given up by itself, as any other job. */
export interface Subscriber<
  Name extends string = string,
  EventName extends string = string,
  Schema extends TSchema = TSchema,
  Needed extends TSchema = Schema,
> extends Job<Name, Needed> {
  readonly on: DomainEvent<EventName, Schema>
}

type About<Name extends string, Schema extends TSchema> = Omit<JobOptions<Name, Schema>, "payload">

/** A schema that every payload of an event fits. */
type Part<Whole extends TSchema, Needed extends TSchema> =
  Static<Whole> extends Static<Needed>
    ? Needed
    : { lacks: Exclude<keyof Static<Needed>, keyof Static<Whole>> }

/**
 * Declares a job that runs once for every event of a kind, with its payload. In the catalogue of jobs it is a job
 * like any other: without a handler the worker does not compile.
 *
 * @param needs the part of the payload that it reads, if that is not all: jobs that a release wrote before the event told
 *   the rest are read then
 */
export function defineSubscriber<
  const Name extends string,
  const EventName extends string,
  Schema extends TSchema,
  Needed extends TSchema = Schema,
>(
  on: DomainEvent<EventName, Schema>,
  options: About<Name, Needed>,
  needs?: Part<Schema, Needed> & Needed,
): Subscriber<Name, EventName, Schema, Needed> {
  // Without `needs` both schemas are one, which the parameter's default type says and its value cannot.
  const payload = needs ?? (on.payload as unknown as Needed)
  return { ...defineJob({ ...options, payload }), on }
}

type Heard<C extends Catalogue> = Extract<C[number], Subscriber>["on"]["name"]

/** Makes a catalogue in which nobody listens to one of the events an error that names it. */
type Listening<E extends readonly DomainEvent[], C extends Catalogue> =
  Exclude<E[number]["name"], Heard<C>> extends never
    ? C
    : { nobodyListensTo: Exclude<E[number]["name"], Heard<C>> }

/** What an event leads to. */
export interface Subscribers {
  /** One job for each subscriber: to be enqueued in the event's transaction. */
  jobsOf(event: DomainEvent, ownerId: NewJob["ownerId"], payload: unknown): NewJob[]
}

const isSubscriber = (job: Job): job is Subscriber => "on" in job

/**
 * Who listens to what, out of the catalogue of all jobs. An event that nobody listens to does not compile: it would
 * be told in vain.
 *
 * @throws RangeError for a subscriber of an event that is not among them
 */
export function subscribersOf<const E extends readonly DomainEvent[], C extends Catalogue>(
  events: E,
  catalogue: C & Listening<E, C>,
): Subscribers {
  const subscribers = catalogue.filter(isSubscriber)
  const stray = subscribers.find(({ on }) => !events.includes(on))
  if (stray) throw new RangeError(`nobody tells the event ${stray.on.name}`)
  const byEvent = Map.groupBy(subscribers, ({ on }) => on.name)
  return {
    jobsOf: ({ name }, ownerId, payload) =>
      (byEvent.get(name) ?? []).map((job) => ({ job, ownerId, payload })),
  }
}

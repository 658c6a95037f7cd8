import { routes } from "@tintype/contract"
import { type Context, Invalid } from "@tintype/domain"
import * as jobs from "@tintype/domain/jobs"
import type { FastifyInstance } from "fastify"
import { serve } from "../http/serve.ts"
import { filterOf, jobKeyOf, pageOf } from "./input.ts"

function serveClasses(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.listJobClasses, ({ actor }) => jobs.listJobClasses(ctx, actor))
  serve(app, ctx, routes.changeJobClass, ({ actor, params, body: { state, concurrency } }) => {
    const change = { ...(state && { state }), ...(concurrency !== undefined && { concurrency }) }
    return jobs.changeJobClass(ctx, actor, { class: params.class, change })
  })
  serve(app, ctx, routes.listJobMinutes, ({ actor, query: { class: jobClass, hours } }) =>
    jobs.listJobMinutes(ctx, actor, { hours, ...(jobClass && { class: jobClass }) }),
  )
  serve(app, ctx, routes.listWorkers, ({ actor }) => jobs.listWorkers(ctx, actor))
}

function serveSearch(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.searchJobs, ({ actor, query }) =>
    jobs.searchJobs(ctx, actor, { filter: filterOf(query), page: pageOf(query) }),
  )
  serve(app, ctx, routes.searchJobRuns, ({ actor, query }) => {
    const { job, trace } = query
    const filter = { ...filterOf(query), ...(job && { jobId: job }), ...(trace && { traceId: trace }) }
    return jobs.searchJobRuns(ctx, actor, { filter, page: pageOf(query) })
  })
  serve(app, ctx, routes.getJob, ({ actor, params }) => jobs.getJob(ctx, actor, jobKeyOf(params)))
  serve(app, ctx, routes.cancelJob, ({ actor, params }) => jobs.cancelJob(ctx, actor, jobKeyOf(params)))
  serve(app, ctx, routes.listJobAudit, ({ actor, query }) =>
    jobs.listJobAudit(ctx, actor, { page: pageOf(query), ...(query.subject && { subject: query.subject }) }),
  )
}

type Choice = { jobs?: { owner_id: string; id: string }[]; filter?: Parameters<typeof filterOf>[0] }

/** @throws Invalid unless one of both is given */
function chosenOf({ jobs: named, filter }: Choice): jobs.Chosen {
  if (!named === !filter) throw new Invalid("Validation failed: give jobs, or a filter")
  if (filter) return { filter: filterOf(filter) }
  return { keys: (named ?? []).map(({ owner_id, id }) => jobKeyOf({ owner: owner_id, id })) }
}

function serveDeadLetters(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.listDeadLetters, ({ actor, query }) =>
    jobs.listDeadLetters(ctx, actor, { filter: filterOf(query), page: pageOf(query) }),
  )
  serve(app, ctx, routes.editDeadLetter, ({ actor, params, body: { payload } }) =>
    jobs.editDeadLetter(ctx, actor, { key: jobKeyOf(params), payload }),
  )
  serve(app, ctx, routes.retryDeadLetters, async ({ actor, body }) => ({
    count: await jobs.retryDeadLetters(ctx, actor, chosenOf(body)),
  }))
  serve(app, ctx, routes.discardDeadLetters, async ({ actor, body }) => ({
    count: await jobs.discardDeadLetters(ctx, actor, chosenOf(body)),
  }))
}

function serveSchedules(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.listSchedules, ({ actor }) => jobs.listSchedules(ctx, actor))
  serve(app, ctx, routes.listScheduleRuns, ({ actor, params: { name }, query }) =>
    jobs.listScheduleRuns(ctx, actor, { name, page: pageOf(query) }),
  )
  serve(app, ctx, routes.steerSchedule, async ({ actor, params }) => {
    await jobs.steerSchedule(ctx, actor, params)
    return jobs.listSchedules(ctx, actor)
  })
}

function serveWorkflows(app: FastifyInstance, ctx: Context): void {
  serve(app, ctx, routes.listWorkflowRuns, ({ actor, query }) =>
    jobs.listWorkflowRuns(ctx, actor, { filter: filterOf(query), page: pageOf(query) }),
  )
  serve(app, ctx, routes.getWorkflowRun, ({ actor, params }) =>
    jobs.getWorkflowRun(ctx, actor, jobKeyOf(params)),
  )
  serve(app, ctx, routes.listWorkflowItems, ({ actor, params, query }) =>
    jobs.listWorkflowItems(ctx, actor, { key: jobKeyOf(params), step: params.step, page: pageOf(query) }),
  )
  serve(app, ctx, routes.cancelWorkflowRun, ({ actor, params }) =>
    jobs.cancelWorkflowRun(ctx, actor, jobKeyOf(params)),
  )
  serve(app, ctx, routes.retryWorkflowStep, ({ actor, params }) =>
    jobs.retryWorkflowStep(ctx, actor, { key: jobKeyOf(params), step: params.step }),
  )
  serve(app, ctx, routes.signalWorkflowStep, ({ actor, params, body: { payload = null } }) =>
    jobs.signalWorkflowStep(ctx, actor, { key: jobKeyOf(params), step: params.step, payload }),
  )
}

/** The window on jobs: for admins alone. */
export function serveJobs(app: FastifyInstance, ctx: Context): void {
  serveClasses(app, ctx)
  serveSearch(app, ctx)
  serveDeadLetters(app, ctx)
  serveSchedules(app, ctx)
  serveWorkflows(app, ctx)
}

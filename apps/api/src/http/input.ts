import type { BodyOf, ParamsOf, QueryOf, ReplyOf, RouteSpec } from "@tintype/contract"
import type { Actor, Written } from "@tintype/domain"
import type { AppCaller } from "@tintype/domain/auth"
import type { Operator } from "@tintype/domain/jobs"
import type { Upload } from "@tintype/media/blob-store"
import type { Answer, Page } from "./answers.ts"

/** Who calls, as far as the route asks for it. */
export type CallerOf<R extends RouteSpec> = {
  member: Actor
  admin: Operator
  optional: Actor | null
  app: AppCaller
  anyone: null
}[R["auth"]]

/** What a handler gets: everything in it was checked against the route. */
export interface Input<R extends RouteSpec> {
  params: ParamsOf<R>
  query: QueryOf<R>
  body: BodyOf<R>
  actor: CallerOf<R>
  /** By field name. What the handler does not `keep` is discarded after it. */
  files: ReadonlyMap<string, Upload>
  /** Only where the route says that it honours one. */
  idempotencyKey: string | undefined
}

type AnswerOf<R extends RouteSpec> = {
  [S in keyof R["response"] & number]: Answer<S, ReplyOf<R>>
}[keyof R["response"] & number]

/** What a handler gives back: the body of a 200, or `answer(…)`, or `page(…)` where the route is paged. */
export type Output<R extends RouteSpec> =
  | ReplyOf<R>
  | AnswerOf<R>
  | (R extends { paged: true } ? Page<ReplyOf<R> | Written<ReplyOf<R>>> : never)

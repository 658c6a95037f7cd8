import { parseId } from "@tintype/db"
import type { Context } from "@tintype/domain"
import { collectPosts, discardExport, exportWorkflow, packPart, writeExport } from "@tintype/domain/exports"
import { handleWorkflow, PermanentFailure } from "@tintype/queue"

function idOf({ exportId }: { exportId: string }) {
  const id = parseId<"export">(exportId)
  if (!id) throw new PermanentFailure("not the id of an export")
  return id
}

export const handleExports = (ctx: Context) =>
  handleWorkflow({ db: ctx.db, queue: ctx.queue }, exportWorkflow, {
    collect: {
      do: ({ ownerId }) => collectPosts(ctx, ownerId),
      undo: ({ ownerId, input }) => discardExport(ctx, ownerId, idOf(input)),
    },
    pack: ({ ownerId, input, item, index, signal }) =>
      packPart(ctx, ownerId, idOf(input), { chunk: item, index, signal }),
    zip: (run) => writeExport(ctx, idOf(run.input), run.results.pack, run),
  })

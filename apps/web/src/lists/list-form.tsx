import type { List } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import type { TargetedSubmitEvent } from "preact"
import { TextField } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"

export interface ListWish {
  title: string
  exclusive: boolean
}

interface ListFormProps {
  /** What it is at the moment; nothing yet for a new one. */
  list?: List
  submit: string
  /** @throws ApiError, which is shown */
  onSubmit: (wish: ListWish) => Promise<void>
}

/** Asks what a list is called, and whether its people are shown at home. */
export function ListForm({ list, submit, onSubmit }: ListFormProps) {
  const submission = useSubmission(["title"])
  const send = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const wish = { title: textOf(form, "title"), exclusive: textOf(form, "exclusive") === "on" }
    void submission.send(async () => {
      await onSubmit(wish)
      if (!list) form.reset()
    })
  }
  return (
    <form class="stack" onSubmit={send}>
      <TextField
        label="Title"
        name="title"
        dir="auto"
        required
        maxLength={LIMITS.listTitleCharacters}
        defaultValue={list?.title ?? ""}
        error={submission.fieldError("title")}
      />
      <label class="choice">
        <input type="checkbox" name="exclusive" defaultChecked={list?.exclusive ?? false} />
        <span>Only here</span>
        <small>What its people share is shown on this list and not at home.</small>
      </label>
      <FormError text={submission.formError} />
      <SubmitButton label={submit} busy={submission.busy.value} />
    </form>
  )
}

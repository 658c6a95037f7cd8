import { useSignal } from "@preact/signals"
import type { CredentialAccount, Visibility } from "@tintype/contract"
import { LIMITS } from "@tintype/contract/limits"
import type { TargetedSubmitEvent } from "preact"
import { useLocation } from "preact-iso"
import { api } from "../api.ts"
import { TextArea, TextField } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"
import { VisibilityChoice } from "../forms/visibility-choice.tsx"
import { member, signOut } from "../session/session.ts"
import { useTitle } from "../shell/title.ts"
import { report, toast } from "../shell/toasts.tsx"
import { AvatarField } from "./avatar-field.tsx"
import { Exports } from "./exports.tsx"
import { Leave } from "./leave.tsx"

/** Where members change how others see them, and leave. */
export function SettingsPage() {
  useTitle("Settings")
  const account = member.value
  return (
    <section class="plate narrow">
      <h1>Settings</h1>
      {account && <ProfileForm account={account} />}
      {account && <Exports />}
      <section class="stack barring" aria-labelledby="barring">
        <h2 id="barring">Peace and quiet</h2>
        <p>
          <a class="button" href="/settings/barred">
            Blocked and muted people
          </a>
        </p>
      </section>
      <SignOutButton />
      {account && <Leave username={account.username} />}
    </section>
  )
}

function ProfileForm({ account }: { account: CredentialAccount }) {
  const privacy = useSignal<Visibility>(account.source.privacy)
  const submission = useSubmission(["display_name", "note", "avatar"])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const body = changesIn(event.currentTarget, privacy.value)
    void submission.send(async () => {
      member.value = (await api.updateCredentials({ body })).body
      toast("Saved.")
    })
  }
  return (
    <form class="stack" onSubmit={submit}>
      <AvatarField current={account.avatar} error={submission.fieldError("avatar")} />
      <TextField
        label="Display name"
        name="display_name"
        dir="auto"
        maxLength={LIMITS.displayNameCharacters}
        defaultValue={account.display_name}
        error={submission.fieldError("display_name")}
      />
      <TextArea
        label="About you"
        name="note"
        dir="auto"
        rows={4}
        hint={`Up to ${LIMITS.noteCharacters} characters.`}
        defaultValue={account.source.note}
        error={submission.fieldError("note")}
      />
      <VisibilityChoice
        name="privacy"
        legend="Who usually may see your posts"
        value={privacy.value}
        onChoose={(chosen) => {
          privacy.value = chosen
        }}
      />
      <FormError text={submission.formError} />
      <SubmitButton label="Save" busy={submission.busy.value} />
    </form>
  )
}

function changesIn(form: HTMLFormElement, privacy: Visibility): FormData {
  const changes = new FormData()
  changes.append("display_name", textOf(form, "display_name"))
  changes.append("note", textOf(form, "note"))
  changes.append("source[privacy]", privacy)
  const avatar = new FormData(form).get("avatar")
  if (avatar instanceof File && avatar.size > 0) changes.append("avatar", avatar)
  return changes
}

function SignOutButton() {
  const { route } = useLocation()
  const leave = () =>
    signOut()
      .then(() => route("/"))
      .catch(report)
  return (
    <p class="leave">
      <button type="button" class="button" onClick={() => void leave()}>
        Sign out
      </button>
    </p>
  )
}

import type { TargetedSubmitEvent } from "preact"
import { TextField } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"
import { useTitle } from "../shell/title.ts"
import { useHomeWhenSignedIn } from "./require-member.tsx"
import { signIn } from "./session.ts"

export function SignInPage() {
  useTitle("Sign in")
  useHomeWhenSignedIn()
  const submission = useSubmission([])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    void submission.send(async () => {
      await signIn({ login: textOf(form, "login").trim(), password: textOf(form, "password") })
    })
  }
  return (
    <section class="plate narrow">
      <h1>Welcome back</h1>
      <form class="stack" onSubmit={submit}>
        <TextField
          label="User name"
          hint="Your e-mail address works too."
          name="login"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
        />
        <FormError text={submission.formError} />
        <SubmitButton label="Sign in" busy={submission.busy.value} />
      </form>
      <p class="aside">
        New here? <a href="/sign-up">Make an account</a>
      </p>
    </section>
  )
}

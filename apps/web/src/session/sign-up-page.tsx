import { LIMITS } from "@tintype/contract/limits"
import type { TargetedSubmitEvent } from "preact"
import { TextField } from "../forms/field.tsx"
import { textOf, useSubmission } from "../forms/submission.ts"
import { FormError, SubmitButton } from "../forms/submit.tsx"
import { useTitle } from "../shell/title.ts"
import { useHomeWhenSignedIn } from "./require-member.tsx"
import { signUp } from "./session.ts"

export function SignUpPage() {
  useTitle("Sign up")
  useHomeWhenSignedIn()
  const submission = useSubmission(["username", "email", "password"])
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    void submission.send(async () => {
      const [username, email] = [textOf(form, "username").trim(), textOf(form, "email").trim()]
      await signUp({ username, email, password: textOf(form, "password") })
    })
  }
  return (
    <section class="plate narrow">
      <h1>Join and share photographs</h1>
      <form class="stack" onSubmit={submit} noValidate>
        <TextField
          label="User name"
          hint="Letters, digits and underscores. Others find you by it."
          error={submission.fieldError("username")}
          name="username"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
        />
        <TextField
          label="E-mail"
          error={submission.fieldError("email")}
          name="email"
          type="email"
          autocomplete="email"
          required
        />
        <TextField
          label="Password"
          hint={`At least ${LIMITS.passwordMin} characters.`}
          error={submission.fieldError("password")}
          name="password"
          type="password"
          autocomplete="new-password"
          required
        />
        <FormError text={submission.formError} />
        <SubmitButton label="Sign up" busy={submission.busy.value} />
      </form>
      <p class="aside">
        Already a member? <a href="/sign-in">Sign in here</a>
      </p>
    </section>
  )
}

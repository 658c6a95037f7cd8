import type { CredentialAccount } from "@tintype/contract"
import { type AuthorizationRequest, type Destination, OUT_OF_BAND } from "@tintype/domain/auth"
import { STYLE_PATH } from "./authorize-style.ts"
import { type Html, html } from "./html.ts"
import { scopeWords } from "./scope-words.ts"

interface Page {
  /** The instance's name. */
  instance: string
  title: string
  content: Html
}

function render({ instance, title, content }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · ${instance}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body>
<main>
<p class="instance">${instance}</p>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`.markup
}

export interface SignInPage {
  instance: string
  destination: Destination
  /** Where the form is sent: with the authorization request in its query. */
  action: string
  /** What was typed before; the password is typed again. */
  login?: string
  error?: string
}

export const signInPage = ({ instance, destination, action, login, error }: SignInPage): string =>
  render({
    instance,
    title: "Sign in",
    content: html`<p class="soft">to go on to ${destination.appName}</p>
${error === undefined ? undefined : html`<p class="error" role="alert">${error}</p>`}
<form method="post" action="${action}">
<label for="login">User name or e-mail address</label>
<input id="login" name="login" value="${login}" required autofocus autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="320">
<label for="password">Password</label>
<input id="password" name="password" type="password" required autocomplete="current-password" maxlength="1024">
<div class="actions"><button class="main">Sign in</button></div>
</form>`,
  })

/** Names the place that gets the answer, which the app's own name does not prove. */
function whatIsNext(redirectUri: string): string {
  if (redirectUri === OUT_OF_BAND) return "You then get a code to copy into the app."
  const { protocol, host } = new URL(redirectUri)
  return `You are then sent to ${host && protocol.startsWith("http") ? host : `an app on this device (${protocol})`}.`
}

export interface ConsentPage {
  instance: string
  request: AuthorizationRequest
  account: CredentialAccount
  action: string
  /** The same page, with the sign-in form first. */
  switchUrl: string
}

export function consentPage({ instance, request, account, action, switchUrl }: ConsentPage): string {
  const { appName, website, redirectUri } = request.destination
  return render({
    instance,
    title: `Let ${appName} use your account?`,
    content: html`<p class="soft">You are signed in as <b>@${account.username}</b>. <a href="${switchUrl}">Not you?</a></p>
<p>${appName}${website ? html` (${website})` : undefined} will be able to:</p>
<ul>${scopeWords(request.scopes).map(
      ({ title, description }) => html`<li><b>${title}</b><span class="soft">${description}</span></li>`,
    )}</ul>
<p class="soft">${whatIsNext(redirectUri)}</p>
<form method="post" action="${action}" class="actions">
<button name="decision" value="deny">Deny</button>
<button name="decision" value="allow" class="main">Allow</button>
</form>`,
  })
}

export const codePage = (instance: string, appName: string, code: string): string =>
  render({
    instance,
    title: "One last step",
    content: html`<p>Copy this code and paste it into ${appName}:</p>
<code id="code">${code}</code>
<p class="soft">It can be used once, within ten minutes. Give it to nobody else.</p>`,
  })

export const errorPage = (instance: string, message: string): string =>
  render({
    instance,
    title: "This does not work",
    content: html`<p class="error" role="alert">${message}</p>
<p class="soft">Nothing was sent anywhere. Go back to the app and try again; if it happens again, tell the people who make it.</p>`,
  })

import { computed, signal } from "@preact/signals"
import type { CredentialAccount } from "@tintype/contract"
import { ApiError, api, tell, whenUnauthorised } from "../api.ts"
import { closeHomeFeed } from "../feed/home-feed.ts"

/** The signed-in member; null when signed out; undefined until the server has said which. */
export const member = signal<CredentialAccount | null | undefined>(undefined)

/** Whether the member may steer the instance. */
export const isAdmin = computed(() => member.value?.role.permissions === "1")

/** Why it is not known who is signed in. */
export const recogniseError = signal<string | undefined>(undefined)

/** Asks the server who is signed in by this browser's cookie. */
export async function recognise(): Promise<void> {
  recogniseError.value = undefined
  try {
    member.value = (await api.verifyCredentials()).body
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) member.value = null
    else recogniseError.value = tell(error)
  }
}

/** @throws ApiError with details per field */
export async function signUp(form: { username: string; email: string; password: string }): Promise<void> {
  enter((await api.signUp({ body: form })).body)
}

/** @throws ApiError */
export async function signIn(form: { login: string; password: string }): Promise<void> {
  enter((await api.signIn({ body: form })).body)
}

/** @throws ApiError when the session could not be ended; the member stays signed in then */
export async function signOut(): Promise<void> {
  await api.signOut()
  closeHomeFeed()
  member.value = null
}

/** Deletes the member's account. @throws ApiError, with details of the password */
export async function leaveForGood(password: string): Promise<void> {
  await api.deleteAccount({ body: { password } })
  closeHomeFeed()
  member.value = null
}

/** Leads back to the door when the session ends elsewhere: signed out there, or expired. */
export function watchForEnd(tellMember: (text: string) => void): void {
  whenUnauthorised(() => {
    if (!member.value) return
    closeHomeFeed()
    member.value = null
    tellMember("Your session has ended. Please sign in again.")
  })
}

function enter(account: CredentialAccount): void {
  closeHomeFeed()
  member.value = account
}

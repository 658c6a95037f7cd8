export { allows } from "./allows.ts"
export {
  type AuthorizationQuery,
  type AuthorizationRequest,
  authorize,
  checkAuthorization,
  type Destination,
  findDestination,
} from "./authorize.ts"
export { knowsPassword, type Login } from "./check-login.ts"
export { createApp, type NewApp } from "./create-app.ts"
export { createToken, type TokenRequest } from "./create-token.ts"
export { sessionEnded } from "./events.ts"
export { endSessions, eraseGrants, forgetCredentials } from "./leave.ts"
export { type OAuthErrorCode, OAuthRefusal } from "./oauth-refusal.ts"
export { OUT_OF_BAND, redirectTarget } from "./redirect-uris.ts"
export { revokeToken, signOut } from "./revoke-token.ts"
export { covers, SCOPES } from "./scopes.ts"
export { type AppCaller, authenticate, livingTokens, type Session } from "./session.ts"
export { findWebSession, type MemberSession, signIn, signUpOnWeb, type WebSession } from "./sign-in.ts"
export { type NewMember, type SignUpCall, signUp } from "./sign-up.ts"
export type { SignUpForm } from "./sign-up-rules.ts"
export { sweepGrants } from "./sweep-grants.ts"
export { verifyApp } from "./verify-app.ts"

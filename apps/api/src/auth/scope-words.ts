/** What a scope allows, for the member who decides. */
export interface ScopeWords {
  title: string
  description: string
}

const WHOLE: Readonly<Record<string, ScopeWords>> = {
  read: {
    title: "See everything that you see",
    description: "Your profile, your timelines, your photos and likes",
  },
  write: {
    title: "Act in your name",
    description: "Post and delete photos, like, follow, change your profile",
  },
  follow: { title: "Change your relationships", description: "Follow, mute and block accounts" },
  push: { title: "Receive your notifications", description: "As push messages" },
  profile: { title: "See who you are", description: "Your name and your profile" },
  "admin:read": { title: "See what admins see", description: "Accounts, reports and jobs of this server" },
  "admin:write": {
    title: "Act as an admin",
    description: "Moderate accounts and reports, steer the jobs of this server",
  },
}

const TITLES: Readonly<Record<string, string>> = {
  read: "See",
  write: "Change",
  "admin:read": "As an admin, see",
  "admin:write": "As an admin, change",
}

const THINGS: Readonly<Record<string, string>> = {
  accounts: "account information",
  blocks: "whom you block",
  bookmarks: "your bookmarks",
  conversations: "your conversations",
  favourites: "your likes",
  filters: "your filters",
  follows: "whom you follow",
  lists: "your lists",
  media: "your uploads",
  mutes: "whom you mute",
  notifications: "your notifications",
  reports: "reports",
  search: "search results",
  statuses: "posts",
}

/** The words of each scope, in the order given. */
export const scopeWords = (scopes: readonly string[]): ScopeWords[] =>
  scopes.map((scope) => {
    const whole = WHOLE[scope]
    if (whole) return whole
    const colon = scope.lastIndexOf(":")
    const thing = scope.slice(colon + 1)
    const title = TITLES[scope.slice(0, colon)] ?? scope
    return { title: `${title} ${THINGS[thing] ?? thing.replaceAll("_", " ")}`, description: scope }
  })

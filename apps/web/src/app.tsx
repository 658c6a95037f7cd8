import { ErrorBoundary, LocationProvider, lazy, Route, Router } from "preact-iso"
import { ExplorePage } from "./feed/explore-page.tsx"
import { HomePage } from "./feed/home-page.tsx"
import { BookmarksPage, LikesPage } from "./feed/kept-pages.tsx"
import { TagPage } from "./feed/tag-page.tsx"
import { PostPage } from "./posts/post-page.tsx"
import { ProfilePage } from "./profile/profile-page.tsx"
import { RequireAdmin, RequireMember } from "./session/require-member.tsx"
import { SignInPage } from "./session/sign-in-page.tsx"
import { SignUpPage } from "./session/sign-up-page.tsx"
import { NotFound } from "./shell/not-found.tsx"
import { Shell } from "./shell/shell.tsx"
import { report } from "./shell/toasts.tsx"

const ComposerPage = lazy(() => import("./composer/composer-page.tsx").then((part) => part.ComposerPage))
const SettingsPage = lazy(() => import("./settings/settings-page.tsx").then((part) => part.SettingsPage))
const JobsWindow = lazy(() => import("./admin/jobs/jobs-window.tsx").then((part) => part.JobsWindow))
const StatusWindow = lazy(() => import("./admin/status/status-window.tsx").then((part) => part.StatusWindow))
const BarredPage = lazy(() => import("./barred/barred-page.tsx").then((part) => part.BarredPage))
const ListsPage = lazy(() => import("./lists/lists-page.tsx").then((part) => part.ListsPage))
const ListPage = lazy(() => import("./lists/list-page.tsx").then((part) => part.ListPage))
const EditListPage = lazy(() => import("./lists/edit-list-page.tsx").then((part) => part.EditListPage))
const PeoplePage = lazy(() => import("./people/people-page.tsx").then((part) => part.PeoplePage))

/** Links to these are left to the browser: other tiers answer them. */
const OWN_PATHS = /^\/(?!(?:api|oauth|media|nodeinfo|\.well-known)\/)/

const NewPost = () => (
  <RequireMember>
    <ComposerPage />
  </RequireMember>
)
const Settings = () => (
  <RequireMember>
    <SettingsPage />
  </RequireMember>
)
const Barred = () => (
  <RequireMember>
    <BarredPage />
  </RequireMember>
)
const Lists = () => (
  <RequireMember>
    <ListsPage />
  </RequireMember>
)
type IdParams = { params: { id: string } }
const List = ({ params }: IdParams) => (
  <RequireMember>
    <ListPage key={params.id} id={params.id} />
  </RequireMember>
)
const EditList = ({ params }: IdParams) => (
  <RequireMember>
    <EditListPage key={params.id} id={params.id} />
  </RequireMember>
)
const Jobs = () => (
  <RequireAdmin>
    <JobsWindow />
  </RequireAdmin>
)

const Status = () => (
  <RequireAdmin>
    <StatusWindow />
  </RequireAdmin>
)

type NameParams = { params: { handle: string; id?: string } }

/** Accounts live at `/@name`; the router cannot match a part of a segment, so that it is told apart here. */
const Profile = ({ params }: NameParams) =>
  params.handle.startsWith("@") ? (
    <ProfilePage key={params.handle} name={params.handle.slice(1)} />
  ) : (
    <NotFound />
  )
const Post = ({ params }: NameParams) =>
  params.handle.startsWith("@") && params.id ? <PostPage key={params.id} id={params.id} /> : <NotFound />

const Tag = ({ params }: { params: { tag: string } }) => <TagPage key={params.tag} tag={params.tag} />

export function App() {
  return (
    <LocationProvider scope={OWN_PATHS}>
      <Shell>
        <ErrorBoundary onError={report}>
          <Router>
            <Route path="/" component={HomePage} />
            <Route path="/sign-in" component={SignInPage} />
            <Route path="/sign-up" component={SignUpPage} />
            <Route path="/new" component={NewPost} />
            <Route path="/explore" component={ExplorePage} />
            <Route path="/tags/:tag" component={Tag} />
            <Route path="/likes" component={LikesPage} />
            <Route path="/bookmarks" component={BookmarksPage} />
            <Route path="/lists" component={Lists} />
            <Route path="/lists/:id" component={List} />
            <Route path="/lists/:id/edit" component={EditList} />
            <Route path="/people" component={PeoplePage} />
            <Route path="/settings" component={Settings} />
            <Route path="/settings/barred" component={Barred} />
            <Route path="/admin/jobs" component={Jobs} />
            <Route path="/admin/jobs/*" component={Jobs} />
            <Route path="/admin/gateway" component={Status} />
            <Route path="/admin/cache" component={Status} />
            <Route path="/admin/timelines" component={Status} />
            <Route path="/:handle" component={Profile} />
            <Route path="/:handle/:id" component={Post} />
            <Route default component={NotFound} />
          </Router>
        </ErrorBoundary>
      </Shell>
    </LocationProvider>
  )
}

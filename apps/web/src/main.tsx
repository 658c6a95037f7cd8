import { render } from "preact"
import { App } from "./app.tsx"
import { recognise, watchForEnd } from "./session/session.ts"
import { toast } from "./shell/toasts.tsx"
import "./styles/tokens.css"
import "./styles/base.css"
import "./styles/shell.css"
import "./styles/forms.css"
import "./styles/posts.css"
import "./styles/pages.css"

const root = document.getElementById("app")
if (root) render(<App />, root)
watchForEnd(toast)
void recognise()

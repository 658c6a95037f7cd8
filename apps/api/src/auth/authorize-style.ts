import { createHash } from "node:crypto"

/** Of the sign-in and consent pages. One column, no image, no font to load; follows the system's light or dark. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #f6f4f0; --card: #ffffff; --ink: #1d1b18; --soft: #6b655c; --line: #dcd6cb;
  --accent: #8a4b2a; --on-accent: #ffffff; --bad: #a3261b; --bad-paper: #fbeae7;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161412; --card: #211e1b; --ink: #f1ede6; --soft: #aba396; --line: #3a352f;
    --accent: #e0a47c; --on-accent: #21150d; --bad: #ffb4a8; --bad-paper: #3c1a16;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100dvh; display: grid; place-items: center; padding: 1.5rem 1rem;
  background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
}
main {
  width: 100%; max-width: 26rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 1rem; padding: 2rem 1.5rem; box-shadow: 0 1px 2px #0001, 0 12px 32px #0001;
}
.instance { margin: 0 0 1.25rem; color: var(--soft); font-size: .875rem; letter-spacing: .02em; }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; overflow-wrap: anywhere; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
.soft { color: var(--soft); font-size: .9375rem; }
.error { background: var(--bad-paper); color: var(--bad); border-radius: .5rem; padding: .625rem .75rem; }
ul { list-style: none; margin: 0 0 1.25rem; padding: 0; border-top: 1px solid var(--line); }
li { padding: .625rem 0; border-bottom: 1px solid var(--line); }
li b { display: block; font-weight: 600; }
label { display: block; margin: 0 0 .25rem; font-weight: 600; font-size: .9375rem; }
input {
  width: 100%; margin: 0 0 1rem; padding: .625rem .75rem; font: inherit; color: inherit;
  background: var(--paper); border: 1px solid var(--line); border-radius: .5rem;
}
.actions { display: flex; gap: .75rem; }
button {
  flex: 1; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600; cursor: pointer;
  border-radius: .5rem; border: 1px solid var(--line); background: transparent; color: inherit;
}
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code {
  display: block; padding: .75rem; margin: 0 0 1rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .5rem; font: 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; user-select: all;
}
a { color: var(--accent); }
`

/** Changes with the style, so that browsers may keep the file for ever. */
export const STYLE_PATH = `/oauth/style/${createHash("sha256").update(STYLE).digest("hex").slice(0, 12)}.css`

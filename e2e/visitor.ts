import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core"

export const WEB_DIR = fileURLToPath(new URL("../apps/web/dist", import.meta.url))
/** Where pictures of the pages go when somebody wants to look at them. */
const SCREENSHOTS = process.env.SCREENSHOTS

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env.BROWSER_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--no-first-run"],
  })

export interface View {
  width: number
  height: number
  colorScheme: "light" | "dark"
}

/** A member at a window of their own; whatever the page complains about is collected. */
export class Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: string[] = []

  constructor(context: BrowserContext, page: Page) {
    this.context = context
    this.page = page
    page.setDefaultTimeout(15_000)
    page.on("pageerror", (error) => this.complaints.push(error.message))
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().includes("401")) this.complaints.push(message.text())
    })
  }

  static async arrive(browser: Browser, baseURL: string, view: View): Promise<Visitor> {
    const { width, height, colorScheme } = view
    const context = await browser.newContext({ viewport: { width, height }, colorScheme, baseURL })
    return new Visitor(context, await context.newPage())
  }

  async signUp(name: string): Promise<void> {
    await this.page.goto("/sign-up")
    await this.page.getByLabel("User name").fill(name)
    await this.page.getByLabel("E-mail").fill(`${name}@photos.example`)
    await this.page.getByLabel("Password").fill("correct horse battery")
    await this.page.getByRole("button", { name: "Sign up" }).click()
    await this.page.waitForURL("**/")
  }

  /** Of one who has an account; the page is left to show what comes of it. */
  async signIn(name: string): Promise<void> {
    await this.page.goto("/sign-in")
    await this.page.getByLabel("User name").fill(name)
    await this.page.getByLabel("Password").fill("correct horse battery")
    await this.page.getByRole("button", { name: "Sign in" }).click()
  }

  /** Drops or pastes a file onto the page, as a browser tells a page of it. */
  async bring(how: "drop" | "paste", name: string, bytes: Uint8Array): Promise<void> {
    await this.page.evaluate(
      ({ how, name, base64 }) => {
        const transfer = new DataTransfer()
        const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
        transfer.items.add(new File([data], name, { type: "image/jpeg" }))
        const options = { bubbles: true, cancelable: true }
        const event =
          how === "drop"
            ? new DragEvent("drop", { ...options, dataTransfer: transfer })
            : new ClipboardEvent("paste", { ...options, clipboardData: transfer })
        document.body.dispatchEvent(event)
      },
      { how, name, base64: Buffer.from(bytes).toString("base64") },
    )
  }

  async picture(name: string): Promise<void> {
    if (!SCREENSHOTS) return
    mkdirSync(SCREENSHOTS, { recursive: true })
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) })
  }
}

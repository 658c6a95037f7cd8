import { type ChildLimits, type DarkroomChild, NeverBegan } from "./darkroom-child.ts"
import { DarkroomChildren } from "./darkroom-children.ts"
import type { DevelopRequest, DevelopResult } from "./develop-messages.ts"
import { Turnstile } from "./turnstile.ts"

/** Hands photos to child processes, as many at once as it was told. */
export class Developers {
  readonly #children: DarkroomChildren
  readonly #turnstile: Turnstile

  /** @param warm children that wait however long there is nothing to do */
  constructor(most: number, limits: ChildLimits, warm: 0 | 1) {
    this.#children = new DarkroomChildren(limits, warm)
    this.#turnstile = new Turnstile(most)
  }

  /**
   * A child may have died while it waited, which is no photo's fault: others are asked then.
   *
   * @throws DevelopCrash when a child ended, took too long or too much memory; the signal's reason
   */
  async develop(request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    await this.#turnstile.enter(signal)
    try {
      for (let left = this.#turnstile.most; ; left--) {
        try {
          return await this.#askAgainInDoubt(request, signal)
        } catch (error) {
          if (!(error instanceof NeverBegan) || left === 0) throw error
        }
      }
    } finally {
      this.#turnstile.leave()
    }
  }

  /** From now on so many at once. */
  set most(most: number) {
    this.#turnstile.most = most
  }

  close(): void {
    this.#children.close()
  }

  /** What earlier photos left behind may be what a decoder fails of: a fresh child has the last word on damage. */
  async #askAgainInDoubt(request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    const child = this.#children.take()
    const isFresh = child.developed === 0
    const result = await this.#ask(child, request, signal)
    const isDoubtful = "refused" in result && result.doubtful
    return isDoubtful && !isFresh ? this.#ask(this.#children.takeFresh(), request, signal) : result
  }

  async #ask(child: DarkroomChild, request: DevelopRequest, signal: AbortSignal): Promise<DevelopResult> {
    let isSound = false
    try {
      const result = await child.develop(request, signal)
      isSound = !("failed" in result)
      return result
    } finally {
      if (isSound) this.#children.release(child)
      else this.#children.dismiss(child)
    }
  }
}

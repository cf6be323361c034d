import type { ErrorInfo } from '../shared/errors'
import type { Notice } from '../shared/snapshot'

const SAME_WITHIN_MS = 30_000
const KEPT = 20

/** News for the studio. The same news again within 30 s counts up instead of stacking. */
export class NoticeBoard {
  #notices: readonly Notice[] = []
  #lastId = 0
  onChange: (notices: readonly Notice[]) => void = () => undefined

  get all(): readonly Notice[] {
    return this.#notices
  }

  add(error: ErrorInfo): void {
    const now = Date.now()
    const same = this.#notices.find((one) => one.error.code === error.code && now - one.atMs < SAME_WITHIN_MS)
    if (same === undefined) this.#notices = [...this.#notices, { id: ++this.#lastId, atMs: now, error, count: 1 }].slice(-KEPT)
    else this.#notices = this.#notices.map((one) => (one === same ? { ...one, atMs: now, error, count: one.count + 1 } : one))
    this.onChange(this.#notices)
  }

  dismiss(id: number): void {
    this.#notices = this.#notices.filter((one) => one.id !== id)
    this.onChange(this.#notices)
  }
}

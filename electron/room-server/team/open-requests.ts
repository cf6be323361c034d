import type { ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { refuse } from './forwarder'
import { DEPOSED_HEADER } from './hop'

/** `own`: this instance does them itself. */
type Which = 'own' | 'all'

/** Requests for the business that are not answered yet. */
export class OpenRequests {
  readonly #isOwn = new Map<ServerResponse, boolean>()
  #closed: () => void = () => undefined

  add(response: ServerResponse, isOwn: boolean): void {
    this.#isOwn.set(response, isOwn)
    response.once('close', () => {
      this.#isOwn.delete(response)
      this.#closed()
    })
  }

  /** Waits until they are answered. @param endMs by `performance.now()`: no longer than so */
  async drain(endMs: number, which: Which): Promise<void> {
    while (this.#list(which).length > 0 && performance.now() < endMs)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, endMs - performance.now())
        this.#closed = () => {
          clearTimeout(timer)
          resolve()
        }
      })
  }

  /** Tells them that nobody knows what has become of it. An instance that has handed one on asks again, where that may be. Resolves when they know. */
  async giveUp(which: Which): Promise<void> {
    const told = this.#list(which).map((response) => {
      const closed = new Promise((resolve) => response.once('close', resolve))
      if (!response.headersSent) response.setHeader(DEPOSED_HEADER, '1')
      refuse(response.req, response, 'server.outcome-unknown')
      return closed
    })
    await Promise.all(told)
  }

  #list(which: Which): readonly ServerResponse[] {
    return [...this.#isOwn].flatMap(([response, isOwn]) => (isOwn || which === 'all' ? [response] : []))
  }
}

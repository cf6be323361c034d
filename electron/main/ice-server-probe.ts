import { randomUUID } from 'node:crypto'
import type { IceServer } from '../shared/co-anchor-line'
import { AnchorError } from '../shared/errors'
import { ICE_PROBE_MS, type IceProbeResult } from '../shared/ice-server'
import type { StageCommand } from '../shared/stage'

/** The stage needs a moment to answer, too. */
const ANSWER_MS = ICE_PROBE_MS + 1_000

export interface IceServerProbeOptions {
  isStageUp(): boolean
  commandStage(command: StageCommand): void
}

/** Tests of STUN and TURN servers, made where calls with co-anchors are: by the stage. Ended by `close`. */
export class IceServerProbe {
  readonly #options: IceServerProbeOptions
  readonly #running = new Map<string, (result: IceProbeResult | null) => void>()

  constructor(options: IceServerProbeOptions) {
    this.#options = options
  }

  /** @throws AnchorError ice-server.untested */
  async test(server: IceServer): Promise<IceProbeResult> {
    const result = this.#options.isStageUp() ? await this.#ask(server) : null
    if (result === null) throw new AnchorError('ice-server.untested')
    return result
  }

  reported(requestId: string, result: IceProbeResult | null): void {
    this.#running.get(requestId)?.(result)
  }

  /** The stage died, and what it was asked with it. */
  stageDied(): void {
    for (const done of [...this.#running.values()]) done(null)
  }

  close(): void {
    this.stageDied()
  }

  #ask(server: IceServer): Promise<IceProbeResult | null> {
    const requestId = randomUUID()
    return new Promise((resolve) => {
      const done = (result: IceProbeResult | null): void => {
        clearTimeout(deadline)
        this.#running.delete(requestId)
        resolve(result)
      }
      const deadline = setTimeout(() => done(null), ANSWER_MS)
      this.#running.set(requestId, done)
      this.#options.commandStage({ type: 'probe-ice-server', requestId, server })
    })
  }
}

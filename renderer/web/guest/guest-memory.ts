import { z } from 'zod'
import type { VisitKeeper } from '../../room/session'
import type { EchoResult } from './checks'

const memorySchema = z.object({
  microphone: z.string().max(512),
  camera: z.string().max(512),
  speaker: z.string().max(512),
  volume: z.number().min(0).max(1),
  /** Of which microphone and speaker the echo is known, and of which microphone the level. */
  echo: z.object({ devices: z.string().max(1_100), result: z.enum(['silent', 'heard']) }).nullable(),
  heard: z.string().max(512),
})
export type Memory = z.infer<typeof memorySchema>

const KEY = 'anchordesk.guest'
const NOTHING: Memory = { microphone: '', camera: '', speaker: '', volume: 1, echo: null, heard: '' }

/** Devices and what was found out about them, for the next visit with this browser. */
export class GuestMemory {
  #memory: Memory = read()

  get now(): Memory {
    return this.#memory
  }

  keep(change: Partial<Memory>): void {
    this.#memory = { ...this.#memory, ...change }
    localStorage.setItem(KEY, JSON.stringify(this.#memory))
  }

  echoOf(microphone: string, speaker: string): EchoResult {
    const { echo } = this.#memory
    return echo?.devices === pair(microphone, speaker) ? echo.result : 'untested'
  }

  keepEcho(microphone: string, speaker: string, result: 'silent' | 'heard'): void {
    this.keep({ echo: { devices: pair(microphone, speaker), result } })
  }
}

function pair(microphone: string, speaker: string): string {
  return `${microphone} ${speaker}`
}

function read(): Memory {
  const text = localStorage.getItem(KEY)
  if (text === null) return NOTHING
  try {
    const parsed = memorySchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : NOTHING
  } catch (error) {
    if (error instanceof SyntaxError) return NOTHING
    throw error
  }
}

/** Who this page is: by a link, or the visit that the watch page made in this tab. */
export interface Identity {
  readonly roomId: string
  readonly invite: string | null
  /** To the link, in this browser; null = there is none. */
  readonly claim: string | null
  readonly keeper: VisitKeeper
  /** Ready was pressed: a reload is no reason to take it back. */
  readonly ready: { get(): boolean; set(ready: boolean): void }
  /** The place was left for good. */
  forget(): void
}

/**
 * Reads the address: `/guest/?room=…#invite=…`. The invitation is taken out of the address bar, so that a copied link does not give it away, and kept in the tab. A link is for one
 * person, and whoever closed the tab opens it again: their visit is kept by the browser, beside others.
 * @param server where the room server is, if the page's origin does not say it; otherwise ''
 */
export function readIdentity(fallbackRoom: string, server: string): Identity {
  const roomId = new URLSearchParams(location.search).get('room') ?? fallbackRoom
  // A visit's token and its claim are of one server: another one, named by a link with the same room and invitation, is not to see them.
  const place = server === '' ? roomId : `${server}/${roomId}`
  const inviteKey = `anchordesk.invite.${place}`
  const given = new URLSearchParams(location.hash.slice(1)).get('invite')
  if (given !== null) {
    sessionStorage.setItem(inviteKey, given)
    history.replaceState(null, '', `${location.pathname}${location.search}`)
  }
  const invite = sessionStorage.getItem(inviteKey)
  const visitKey = invite === null ? `anchordesk.visit.${place}` : `anchordesk.co-anchor.${place}.${invite.slice(-16)}`
  const store = invite === null ? sessionStorage : localStorage
  const readyKey = `anchordesk.ready.${place}`
  return {
    roomId,
    invite,
    claim: invite === null ? null : claimTo(`anchordesk.claim.${place}.${invite.slice(-16)}`),
    keeper: { read: () => store.getItem(visitKey), write: (text) => store.setItem(visitKey, text) },
    ready: { get: () => sessionStorage.getItem(readyKey) === 'yes', set: (ready) => sessionStorage.setItem(readyKey, ready ? 'yes' : 'no') },
    forget: () => {
      sessionStorage.removeItem(readyKey)
      if (invite === null) return
      sessionStorage.removeItem(inviteKey)
    },
  }
}

function claimTo(key: string): string {
  const kept = localStorage.getItem(key)
  if (kept !== null) return kept
  const made = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
  localStorage.setItem(key, made)
  return made
}

import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { DrawList, DrawOver } from '../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi, DrawSetup } from '../../../room/crew-api'
import { refusalOf, type Refusal } from '../../../room/refusal'
import { useStudioRoom } from '../../stores/studio-room'

/** How often the list is asked for while nothing runs. */
const IDLE_EVERY_MS = 10_000

/** The lucky draws of the room as the studio shows them. `tick` drives it; its caller owns the timer. */
export const useDraw = defineStore('draw', () => {
  const room = useStudioRoom()
  const current = shallowRef<DrawList['current']>(null)
  const entries = ref(0)
  const list = shallowRef<DrawList['draws']>([])
  /** The one that is looked at; null = none. */
  const shown = shallowRef<DrawOver | null>(null)
  /** The last one ended, and nobody has looked yet. */
  const unseen = ref(false)
  /** The list was heard at least once. */
  const known = ref(false)
  const busy = ref(false)
  /** What the room said to the last wish. */
  const refusal = shallowRef<Refusal | null>(null)
  /** The list could not be had: what is shown is old. */
  const away = ref(false)
  /** The seeds' hashes as they were told before each draw. */
  const promised = new Map<string, string>()
  let askedAtMs = 0
  let asking = false

  async function tick(nowMs: number): Promise<void> {
    if (current.value !== null || nowMs - askedAtMs >= IDLE_EVERY_MS) await refresh()
  }

  async function refresh(): Promise<void> {
    const { crew } = room
    if (crew === null || asking) return
    asking = true
    askedAtMs = Date.now()
    try {
      const before = current.value
      const next = await crew.draws()
      current.value = next.current
      entries.value = next.entries
      list.value = next.draws
      known.value = true
      away.value = false
      if (next.current !== null) promised.set(next.current.drawId, next.current.commitment)
      if (before !== null && next.current?.drawId !== before.drawId) await ended(crew, before.drawId)
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      away.value = true
    } finally {
      asking = false
    }
  }

  async function ended(crew: CrewApi, drawId: string): Promise<void> {
    if (list.value.find((one) => one.drawId === drawId)?.state !== 'closed') return
    shown.value = await crew.drawOver(drawId)
    unseen.value = true
  }

  function start(setup: DrawSetup): Promise<void> {
    return wish(async (crew) => {
      await crew.startDraw(setup)
      shown.value = null
    })
  }

  function finish(drawId: string): Promise<void> {
    return wish((crew) => crew.finishDraw(drawId))
  }

  function cancel(drawId: string): Promise<void> {
    return wish((crew) => crew.cancelDraw(drawId))
  }

  function look(drawId: string): Promise<void> {
    return wish(async (crew) => {
      shown.value = await crew.drawOver(drawId)
    })
  }

  async function wish(act: (crew: CrewApi) => Promise<unknown>): Promise<void> {
    const { crew } = room
    if (crew === null) {
      away.value = true
      return
    }
    busy.value = true
    refusal.value = null
    try {
      await act(crew)
      await refresh()
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      if (error.kind === 'refused') refusal.value = refusalOf(error)
      else away.value = true
    } finally {
      busy.value = false
    }
  }

  return { current, entries, list, shown, unseen, known, busy, refusal, away, promised, tick, refresh, start, finish, cancel, look }
})

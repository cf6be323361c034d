import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Penalties, Penalty } from '../../../../electron/shared/crew-api'
import type { RoomMessageKind } from '../../../../electron/shared/room-message'
import { RoomApiError } from '../../../room/api-request'
import { useStudioRoom } from '../../stores/studio-room'

const NEWS: ReadonlySet<RoomMessageKind> = new Set(['mute', 'unmute', 'mute-all', 'slow-mode', 'remove', 'unblock'])
const NOTHING: Penalties = { mutes: [], blocks: [], names: {}, muteAll: false, slowModeSec: 0 }

/**
 * What holds in the room now, as the backend has it. A word of the room is only the occasion to ask: newcomers are given older ones too, and another
 * studio may have decided since. So two studios never disagree for longer than an answer takes.
 */
export const useMeasures = defineStore('moderation-measures', () => {
  const studioRoom = useStudioRoom()
  const current = shallowRef<Penalties>(NOTHING)
  /** The answer was there once. */
  const known = shallowRef(false)
  /** The last question was not answered: what is shown may be old. */
  const trouble = shallowRef<RoomApiError | null>(null)
  let wanted = false
  let running: Promise<void> | null = null

  /** Asks anew. @returns when an answer is here that was asked for after this call; never rejects for a lack of one */
  function refresh(): Promise<void> {
    wanted = true
    running ??= ask().finally(() => (running = null))
    return running
  }

  async function ask(): Promise<void> {
    // Something was said meanwhile: the answer may be older than that, and there is another.
    while (wanted) {
      wanted = false
      const { crew } = studioRoom
      if (crew === null) return
      try {
        const answer = await crew.penalties()
        current.value = answer
        known.value = true
        trouble.value = null
      } catch (error) {
        if (!(error instanceof RoomApiError)) throw error
        trouble.value = error
      }
    }
  }

  const mutes = computed(() => byPerson(current.value.mutes))
  const blocks = computed(() => byPerson(current.value.blocks))
  const muteOf = (userId: string, nowMs: number): Penalty | null => holds(mutes.value.get(userId), nowMs)
  const blockOf = (userId: string, nowMs: number): Penalty | null => holds(blocks.value.get(userId), nowMs)

  studioRoom.listen((message) => {
    if (NEWS.has(message.kind)) void refresh()
  })
  watch(
    [() => studioRoom.connected, () => studioRoom.crew],
    ([connected]) => {
      if (connected) void refresh()
    },
    { immediate: true },
  )

  return { current, known, trouble, refresh, muteOf, blockOf }
})

function byPerson(penalties: readonly Penalty[]): ReadonlyMap<string, Penalty> {
  return new Map(penalties.map((penalty) => [penalty.userId, penalty]))
}

/** @returns null: it is over, or there is none */
export function holds(penalty: Penalty | undefined, nowMs: number): Penalty | null {
  if (penalty === undefined) return null
  return penalty.scope === 'timed' && penalty.until * 1_000 <= nowMs ? null : penalty
}

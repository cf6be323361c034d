import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Energy, Members } from '../../../../electron/shared/crew-api'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi } from '../../../room/crew-api'
import { refusalOf, type Refusal } from '../../../room/refusal'
import { useRoom } from '../../../room/room-store'
import { useStudioRoom } from '../../stores/studio-room'
import { TREND_WINDOW_MS, trendOf, type Count } from './trend'

/** Who is in the room, as it was last heard. Whoever shows it asks for more: nothing is asked for on its own here. */
export const useAudience = defineStore('audience', () => {
  const studioRoom = useStudioRoom()
  const room = useRoom()
  /** Of the last two minutes, oldest first. */
  const counts = shallowRef<readonly Count[]>([])
  const members = shallowRef<Members | null>(null)
  /** UNIX ms when the list came; 0 = never. */
  const membersAtMs = shallowRef(0)
  /** Why the newest list did not come; null = it did. */
  const trouble = shallowRef<Refusal | null>(null)
  const energy = shallowRef<Energy>({ show: 0, samples: [] })
  let asking = false

  const count = computed(() => counts.value.at(-1) ?? null)
  const trend = computed(() => trendOf(counts.value))

  function counted(value: number | null): void {
    const atMs = Date.now()
    counts.value = [...counts.value.filter((one) => one.atMs > atMs - TREND_WINDOW_MS), { value, atMs }]
  }
  watch(
    () => room.viewers,
    (viewers) => counted(viewers),
  )

  async function refreshCount(): Promise<void> {
    await heard(async (crew) => counted(await crew.online()))
  }

  /** One at a time; a list that is on its way is enough. */
  async function refreshMembers(): Promise<void> {
    if (asking) return
    asking = true
    try {
      const refusal = await heard(async (crew) => {
        const list = await crew.members()
        members.value = list
        membersAtMs.value = Date.now()
        counted(list.online)
      })
      if (refusal !== 'away') trouble.value = refusal
    } finally {
      asking = false
    }
  }

  /** The curve of a show that is over stays until the next one has its own. */
  async function refreshEnergy(): Promise<void> {
    await heard(async (crew) => {
      const next = await crew.energy()
      if (next.samples.length > 0 || next.show !== energy.value.show) energy.value = next
    })
  }

  /** @returns null: it was answered; 'away': there is nobody to ask */
  async function heard(ask: (crew: CrewApi) => Promise<void>): Promise<Refusal | 'away' | null> {
    const { crew } = studioRoom
    if (crew === null) return 'away'
    try {
      await ask(crew)
      return null
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      return refusalOf(error)
    }
  }

  return { count, counts, trend, members, membersAtMs, trouble, energy, refreshCount, refreshMembers, refreshEnergy }
})

import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { GiftTotals, ShowReport } from '../../../electron/shared/crew-api'
import type { ShowSummary } from '../../../electron/shared/show-summary'
import { RoomApiError } from '../../room/api-request'
import { useRoom } from '../../room/room-store'
import { useDesk } from '../stores/desk'
import { useStudioRoom } from '../stores/studio-room'

const GIVERS = 20
/** The room's clock counts seconds. */
const SECOND_MS = 1_000

/** What the last show came to: main's part is there at once, the room's is asked for, and asked again when the room has closed its books. */
export const useShowSummary = defineStore('show-summary', () => {
  const desk = useDesk()
  const room = useStudioRoom()
  const roomState = useRoom()
  const report = shallowRef<ShowReport | null>(null)
  const totals = shallowRef<GiftTotals | null>(null)
  const state = shallowRef<'loading' | 'ready' | 'unreachable'>('loading')
  const ended = computed(() => (desk.snapshot?.session.name === 'ended' ? desk.snapshot.session.summary : null))
  let asked = 0

  async function load(): Promise<void> {
    const { crew } = room
    const show = ended.value
    asked += 1
    const turn = asked
    if (show === null) return
    if (crew === null) {
      state.value = 'unreachable'
      return
    }
    if (report.value === null) state.value = 'loading'
    try {
      const told = await crew.showReport()
      const given = await crew.giftTotals(GIVERS)
      if (turn !== asked) return
      // A room that was away has not heard of this show: what it tells is of an earlier one.
      const ofThisShow = told.show > 0 && (told.endedAt === null || told.endedAt * SECOND_MS > show.startedAtMs - SECOND_MS)
      report.value = ofThisShow ? told : null
      totals.value = ofThisShow ? given : null
      state.value = ofThisShow ? 'ready' : 'unreachable'
    } catch (error) {
      if (!(error instanceof RoomApiError)) throw error
      if (turn === asked && report.value === null) state.value = 'unreachable'
    }
  }

  watch(
    () => [ended.value?.startedAtMs ?? null, roomState.status, room.connected] as const,
    ([startedAtMs], before) => {
      if (startedAtMs !== (before?.[0] ?? null)) {
        report.value = null
        totals.value = null
      }
      if (startedAtMs !== null) void load()
    },
    { immediate: true },
  )

  const summary = computed<ShowSummary | null>(() => {
    const snapshot = desk.snapshot
    const show = ended.value
    if (snapshot === null || show === null) return null
    const told = report.value
    return {
      ...show,
      title: snapshot.settings.title,
      viewersPeak: told?.viewersPeak ?? null,
      viewersMean: told?.viewersMean ?? null,
      newFollowers: told?.newFollowers ?? null,
      messages: told?.messages ?? null,
      lost: told?.lost ?? null,
      likes: told?.likes ?? null,
      gifts: told?.gifts ?? null,
      coins: told?.coins ?? null,
      givers: told?.givers ?? null,
      topGivers: (totals.value?.top ?? []).map(({ userId, nick, coins, gifts }) => ({ userId, nick, coins, gifts })),
      markers: snapshot.markers.map(({ atMs, label }) => ({ atMs, label })),
    }
  })

  return { summary, state, load }
})

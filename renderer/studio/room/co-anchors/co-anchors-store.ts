import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { NO_CO_ANCHORS } from '../../../../electron/shared/co-anchor-line'
import { SEATS, type Layout, type SeatTableView } from '../../../../electron/shared/seats'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi, SeatEdit } from '../../../room/crew-api'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { inGreenroom, newest, onAir, seatBeside, wished, type SeatWish } from './seating'

/** Why something was not done: the backend's own sentences, or what the studio itself found. */
export type SeatTrouble =
  { readonly kind: 'said'; readonly message: string; readonly remedy: string } | { readonly kind: 'offline' | 'withdrawn' | 'not-asked' | 'not-told' }

/** @param name of the person that it is about; '' = nobody */
export interface ToldTrouble {
  readonly name: string
  readonly trouble: SeatTrouble
}

/**
 * Who is on the mic, as the studio shows it, and what the crew does about it. The stage tells the seats; an answer of the backend may be newer, and
 * counts until the stage has heard of it too. Each act is about the user id that it was given.
 */
export const useCoAnchors = defineStore('co-anchors', () => {
  const desk = useDesk()
  const studioRoom = useStudioRoom()
  const answered = shallowRef<SeatTableView | null>(null)
  const wishes = shallowRef<readonly SeatWish[]>([])
  const wishedLayout = shallowRef<Layout | null>(null)
  /** Whose seat is being changed. */
  const busy = shallowRef<ReadonlySet<string>>(new Set())
  const told = shallowRef<ToldTrouble | null>(null)
  /** The seats could not be read. */
  const unread = shallowRef<SeatTrouble | null>(null)
  /** What is merely adjusted goes to the backend in the order of the presses. */
  let line: Promise<unknown> = Promise.resolve()

  const fromStage = computed(() => desk.snapshot?.coAnchors ?? NO_CO_ANCHORS)
  const actual = computed(() => newest(fromStage.value.table, answered.value))
  const table = computed(() => (actual.value === null ? null : wished(actual.value, wishes.value, wishedLayout.value)))
  const air = computed(() => onAir(table.value))
  const greenroom = computed(() => inGreenroom(table.value))
  const full = computed(() => (table.value?.entries.length ?? 0) >= SEATS)
  /** People are known, and the stage does not tell of them. */
  const stageAway = computed(() => fromStage.value.table === null || desk.snapshot?.stage.running !== true)

  // Numbers of one room's seats mean nothing in another: that of a rehearsal.
  watch(
    () => studioRoom.crew,
    () => {
      answered.value = null
      told.value = null
      unread.value = null
    },
    { flush: 'sync' },
  )

  /** Reads the seats: while the stage does not tell them, nobody else does. */
  async function refresh(): Promise<void> {
    const { crew } = studioRoom
    if (crew === null) return
    try {
      take(await crew.seats(), crew)
      unread.value = null
    } catch (error) {
      if (crew === studioRoom.crew) unread.value = troubleOf(error)
    }
  }

  function take(next: SeatTableView, crew: CrewApi): void {
    if (crew === studioRoom.crew) answered.value = newest(answered.value, next)
  }

  function tell(name: string, trouble: SeatTrouble): void {
    told.value = { name, trouble }
  }

  /** One at a time for a person: pressed twice is meant once. @returns the backend's code, '' = done, null = not done, and not by the backend's word */
  async function change(userId: string, name: string, work: (crew: CrewApi) => Promise<SeatTableView>): Promise<string | null> {
    const { crew } = studioRoom
    if (crew === null) {
      tell(name, { kind: 'offline' })
      return null
    }
    if (busy.value.has(userId)) return null
    busy.value = new Set([...busy.value, userId])
    try {
      take(await work(crew), crew)
      if (told.value?.name === name) told.value = null
      return ''
    } catch (error) {
      const trouble = troubleOf(error)
      tell(name, trouble)
      return trouble.kind === 'said' && error instanceof RoomApiError ? error.code : null
    } finally {
      busy.value = new Set([...busy.value].filter((one) => one !== userId))
    }
  }

  /** Into the greenroom. @returns as `change` */
  function admit(userId: string, name: string): Promise<string | null> {
    return change(userId, name, (crew) => crew.admit(userId))
  }

  /** @param edit.seat of somebody on the air: where to, in exchange with who is there */
  function edit(userId: string, name: string, edit: SeatEdit): Promise<string | null> {
    return change(userId, name, (crew) => crew.editSeat(userId, edit))
  }

  /** Shown at once, taken back where the backend says no. */
  function adjust(userId: string, name: string, edit: SeatWish['edit']): Promise<void> {
    const wish: SeatWish = { userId, edit }
    wishes.value = [...wishes.value, wish]
    return inLine(
      name,
      (crew) => crew.editSeat(userId, edit),
      () => (wishes.value = wishes.value.filter((one) => one !== wish)),
    )
  }

  function setLayout(layout: Layout): Promise<void> {
    wishedLayout.value = layout
    return inLine(
      '',
      (crew) => crew.setLayout(layout),
      () => {
        if (wishedLayout.value === layout) wishedLayout.value = null
      },
    )
  }

  function inLine(name: string, work: (crew: CrewApi) => Promise<SeatTableView>, done: () => void): Promise<void> {
    const mine = line.then(async () => {
      const { crew } = studioRoom
      try {
        if (crew === null) throw new RoomApiError('unreachable')
        take(await work(crew), crew)
      } catch (error) {
        tell(name, troubleOf(error))
      } finally {
        done()
      }
    })
    line = mine
    return mine
  }

  async function move(userId: string, name: string, side: 'left' | 'right'): Promise<void> {
    const seat = seatBeside(table.value, userId, side)
    if (seat !== null) await edit(userId, name, { seat })
  }

  /** From the air or the greenroom; the link that they came by ends. */
  function remove(userId: string, name: string): Promise<string | null> {
    return change(userId, name, (crew) => crew.unseat(userId))
  }

  function entryOf(userId: string): SeatTableView['entries'][number] | null {
    return table.value?.entries.find((entry) => entry.userId === userId) ?? null
  }

  function dismiss(): void {
    told.value = null
  }

  return {
    ...{ fromStage, table, air, greenroom, full, stageAway, busy, told, unread },
    ...{ refresh, admit, edit, adjust, setLayout, move, remove, entryOf, tell, dismiss },
  }
})

/** @throws what is no answer of the API */
export function troubleOf(error: unknown): SeatTrouble {
  if (!(error instanceof RoomApiError)) throw error
  return error.kind === 'refused' && error.remedy !== '' ? { kind: 'said', message: error.message, remedy: error.remedy } : { kind: 'offline' }
}

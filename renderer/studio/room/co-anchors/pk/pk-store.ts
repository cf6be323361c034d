import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import { OVERLAY, plainLine, type OverlayPk } from '../../../../../electron/shared/overlay'
import type { PkView } from '../../../../../electron/shared/pk'
import { RoomApiError } from '../../../../room/api-request'
import type { CrewApi } from '../../../../room/crew-api'
import { useDesk } from '../../../stores/desk'
import { useStudioRoom } from '../../../stores/studio-room'
import { troubleOf, useCoAnchors, type SeatTrouble } from '../co-anchors-store'

/** Offers, and who could be offered one, are told by no message. */
const READ_EVERY_MS = 2_000
/** How long viewers see what came of it in the picture. */
const RESULT_SHOWN_MS = 10_000

/**
 * The PK with the room of another installation, as the crew sees it, and what is drawn of it in the program. `tick` drives it; its caller owns the timer. It
 * listens to the room as long as the window lives.
 */
export const usePk = defineStore('pk', () => {
  const desk = useDesk()
  const studioRoom = useStudioRoom()
  const coAnchors = useCoAnchors()
  /** Null = not known yet. */
  const view = shallowRef<PkView | null>(null)
  /** UNIX ms; of an offer. */
  const offerEndsAtMs = ref(0)
  const busy = ref(false)
  /** Why the last wish was not done. */
  const trouble = shallowRef<SeatTrouble | null>(null)
  const nowMs = ref(Date.now())
  /** UNIX ms: its end, or its result, was heard; 0 = before this window looked. */
  const overSinceMs = ref(0)
  let readAtMs = 0
  let reading = false
  let readAgain = false
  /** Answers to acts: a read that began before one is old. */
  let acts = 0
  let said: string | null = null

  const state = computed(() => view.value?.state ?? 'none')
  const idle = computed(() => state.value === 'none' || state.value === 'ended')
  const awaited = computed(
    () => coAnchors.air.length > 0 || desk.snapshot?.otherRoom != null || !idle.value || (state.value === 'ended' && view.value?.result === null),
  )
  /** For viewers; undefined = not known, and what is drawn stays. */
  const program = computed<OverlayPk | null | undefined>(() => {
    if (desk.rehearsing) return null
    if (view.value === null) return undefined
    const over = state.value === 'ended'
    if (state.value !== 'running' && !(over && nowMs.value < overSinceMs.value + RESULT_SHOWN_MS)) return null
    const { own, others, other, endsAt, result } = view.value
    const { anchorName = '', title = '' } = desk.snapshot?.settings ?? {}
    return {
      own: { name: plainLine(anchorName.trim() || title, OVERLAY.nameChars), coins: own },
      other: { name: plainLine(other.nick, OVERLAY.nameChars), coins: others },
      endsAtMs: over ? null : endsAt * 1_000,
      result,
    }
  })

  studioRoom.listen((message) => {
    if (message.kind === 'pk') void refresh()
  })
  watch(
    () => studioRoom.crew,
    () => {
      view.value = null
      trouble.value = null
      overSinceMs.value = 0
    },
    { flush: 'sync' },
  )
  watch(
    [() => studioRoom.crew, () => studioRoom.connected],
    () => {
      if (studioRoom.connected) void refresh()
    },
    { immediate: true },
  )
  watch(
    program,
    (pk) => {
      const words = pk === undefined ? said : JSON.stringify(pk)
      if (pk === undefined || words === said) return
      said = words
      void desk.ask('overlay.pk', { pk })
    },
    { immediate: true },
  )

  /** @param atMs UNIX ms, about once a second */
  function tick(atMs: number): void {
    nowMs.value = atMs
    if (studioRoom.connected && awaited.value && atMs - readAtMs >= READ_EVERY_MS) void refresh()
  }

  /** One request at a time: what is wished meanwhile is one more. */
  async function refresh(): Promise<void> {
    readAgain = true
    if (reading) return
    reading = true
    try {
      while (readAgain) {
        readAgain = false
        await read()
      }
    } finally {
      reading = false
    }
  }

  async function read(): Promise<void> {
    const { crew } = studioRoom
    if (crew === null) return
    const before = acts
    readAtMs = Date.now()
    try {
      const next = await crew.pk()
      if (acts === before) take(next, crew)
      else readAgain = true
    } catch (error) {
      // What was known last stays; the next tick asks again.
      if (!(error instanceof RoomApiError)) throw error
    }
  }

  function take(next: PkView, crew: CrewApi): void {
    if (crew !== studioRoom.crew) return
    const before = view.value
    nowMs.value = Date.now()
    if (next.state !== 'ended') overSinceMs.value = 0
    else if (before?.pkId === next.pkId && (before.state !== 'ended' || before.result !== next.result)) overSinceMs.value = nowMs.value
    else if (before?.pkId !== next.pkId) overSinceMs.value = 0
    if (next.state === 'offered') offerEndsAtMs.value = nowMs.value + next.remainingMs
    view.value = next
  }

  /** @returns whether it was done; pressed twice is meant once */
  async function act(work: (crew: CrewApi) => Promise<PkView>): Promise<boolean> {
    const { crew } = studioRoom
    if (busy.value) return false
    trouble.value = null
    if (crew === null) {
      trouble.value = { kind: 'offline' }
      return false
    }
    busy.value = true
    try {
      const next = await work(crew)
      acts++
      take(next, crew)
      return true
    } catch (error) {
      trouble.value = troubleOf(error)
      void refresh()
      return false
    } finally {
      busy.value = false
    }
  }

  /** Offers one. */
  function start(userId: string, seconds: number): Promise<boolean> {
    return act((crew) => crew.startPk(userId, seconds))
  }

  /** Takes the offer back, ends the own run early, or puts the result away. */
  function stop(): Promise<boolean> {
    return act((crew) => crew.stopPk())
  }

  function answer(accept: boolean): Promise<boolean> {
    return act((crew) => crew.answerPk(accept))
  }

  function dismissTrouble(): void {
    trouble.value = null
  }

  return { view, state, idle, offerEndsAtMs, busy, trouble, tick, refresh, start, stop, answer, dismissTrouble }
})

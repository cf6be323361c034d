import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { Penalty } from '../../../../electron/shared/crew-api'
import type { PanicSettings } from '../../../../electron/shared/settings'
import { RoomApiError } from '../../../room/api-request'
import type { CrewApi } from '../../../room/crew-api'
import { useDesk } from '../../stores/desk'
import { useStudioRoom } from '../../stores/studio-room'
import { MUTES, perform, REMOVALS, subjectOf, type PersonAct } from './acts'
import { useMeasures } from './measures-store'
import type { ModerationTarget } from './target'

const UNDOABLE = 20
const TOASTS = 20

export type RoomAct = 'mute-all' | 'speak-all' | 'slow-mode' | 'fast-mode' | 'panic'

/** What was done, as its sentence needs it. */
export interface Label {
  readonly act: PersonAct | RoomAct
  /** Of the person; '' = the room. */
  readonly name: string
  readonly seconds: number
}

/** Why something was not done: the backend's own sentences, or that nobody answered, or that the room has not numbered the message yet. */
export type Trouble = { readonly kind: 'said'; readonly message: string; readonly remedy: string } | { readonly kind: 'offline' | 'not-numbered' }

interface Done {
  readonly label: Label
  /** Of the audit log, in the order in which they were made. */
  readonly entries: readonly number[]
  /** The picture was covered with it: the how-manieth cover of this window's life that was; null = it was not. */
  readonly cover: number | null
}

export type Toast = { readonly id: number; readonly label: Label } & (
  { readonly kind: 'done'; readonly done: Done | null } | { readonly kind: 'undone' } | { readonly kind: 'failed' | 'not-undone'; readonly trouble: Trouble }
)

interface Doing {
  readonly id: number
  readonly subject: string
  readonly label: Label
  readonly atSec: number
  readonly reason: string
}

/** What is known of somebody, with what is being done at this moment. */
export interface PersonState {
  readonly mute: Penalty | null
  readonly block: Penalty | null
  readonly pending: boolean
}

/**
 * What the crew does about people, messages and the room: shown at once, told to the backend, and taken back where that says no. Each act is about
 * the target that it was given, whatever the list has become since.
 */
export const useModeration = defineStore('moderation', () => {
  const studioRoom = useStudioRoom()
  const measures = useMeasures()
  const desk = useDesk()
  const doing = shallowRef<readonly Doing[]>([])
  /** What can be undone, newest last. */
  const done = shallowRef<readonly Done[]>([])
  /** Newest last. Whoever shows them takes them away. */
  const toasts = shallowRef<readonly Toast[]>([])
  /** Shift+K was pressed for this one: Enter removes. */
  const armed = shallowRef<ModerationTarget | null>(null)
  /** Acts on their way whose undo was not asked for yet, newest last; null of one = it came to nothing, or cannot be undone. */
  let flights: readonly Promise<Done | null>[] = []
  let lastId = 0
  let covers = 0

  // Numbers of one room's log mean something else in another's: that of a rehearsal.
  watch(
    () => studioRoom.crew,
    () => {
      done.value = []
      armed.value = null
      toasts.value = toasts.value.filter(({ kind }) => kind !== 'done')
    },
    { flush: 'sync' },
  )
  watch(
    () => desk.snapshot?.session.name,
    (_, before) => {
      if (before === 'paused') covers += 1
    },
    { flush: 'sync' },
  )

  /** @returns null: it is done. Told by a toast too unless `quiet` */
  async function act(name: PersonAct, target: ModerationTarget, options: { readonly reason?: string; readonly quiet?: boolean } = {}): Promise<Trouble | null> {
    const label: Label = { act: name, name: target.nick, seconds: 0 }
    const { reason = '', quiet = false } = options
    if (name === 'delete' && target.msgSeq === 0) return failed(label, { kind: 'not-numbered' }, quiet)
    return run(label, subjectOf(name, target), (crew) => perform(crew, name, target, reason), { reason, quiet })
  }

  function setMuteAll(on: boolean): Promise<Trouble | null> {
    return run({ act: on ? 'mute-all' : 'speak-all', name: '', seconds: 0 }, 'mute-all', (crew) => crew.muteAll(on))
  }

  /** @param seconds between two messages of one viewer; 0 = off */
  function setSlowMode(seconds: number): Promise<Trouble | null> {
    return run({ act: seconds === 0 ? 'fast-mode' : 'slow-mode', name: '', seconds }, 'slow-mode', (crew) => crew.slowMode(seconds))
  }

  async function run(
    label: Label,
    subject: string,
    work: (crew: CrewApi) => Promise<number>,
    { reason = '', quiet = false }: { reason?: string; quiet?: boolean } = {},
  ): Promise<Trouble | null> {
    const { crew } = studioRoom
    if (crew === null) return failed(label, { kind: 'offline' }, quiet)
    // Pressed twice is meant once.
    if (doing.value.some((one) => one.subject === subject && one.label.act === label.act && one.label.seconds === label.seconds)) return null
    lastId += 1
    const mine: Doing = { id: lastId, subject, label, atSec: Math.floor(Date.now() / 1_000), reason }
    doing.value = [...doing.value, mine]
    const land = takeOff()
    let made: Done | null = null
    try {
      const entry = await work(crew)
      await measures.refresh()
      made = finished({ label, entries: [entry], cover: null }, crew)
      return null
    } catch (error) {
      return failed(label, troubleOf(error), quiet)
    } finally {
      doing.value = doing.value.filter((one) => one !== mine)
      land(made)
    }
  }

  /** @returns to be called with what came of the act */
  function takeOff(): (made: Done | null) => void {
    let land: (made: Done | null) => void = () => undefined
    const flight = new Promise<Done | null>((resolve) => (land = resolve))
    flights = [...flights, flight]
    return (made) => {
      flights = flights.filter((one) => one !== flight)
      land(made)
    }
  }

  /** Everything of the set at once; what fails is told one by one. @param reason for the audit log */
  async function panic(set: PanicSettings, reason: string): Promise<void> {
    const land = takeOff()
    let made: Done | null = null
    try {
      made = await calm(set, reason)
    } finally {
      land(made)
    }
  }

  async function calm(set: PanicSettings, reason: string): Promise<Done | null> {
    const label: Label = { act: 'panic', name: '', seconds: set.slowModeSec }
    const { crew } = studioRoom
    const wanted: Promise<number>[] = []
    const cover = set.cover && desk.onAir && desk.snapshot?.session.name !== 'paused'
    const covering = cover ? desk.call('session.setPaused', { paused: true }) : null
    if (crew === null) failed(label, { kind: 'offline' }, false)
    else {
      if (set.muteAll && !muteAll.value) wanted.push(crew.muteAll(true, reason))
      // Never less than what holds already.
      if (set.slowModeSec > slowModeSec.value) wanted.push(crew.slowMode(set.slowModeSec, reason))
    }
    const results = await Promise.allSettled(wanted)
    await measures.refresh()
    for (const result of results) if (result.status === 'rejected') failed(label, troubleOf(result.reason), false)
    const entries = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    const covered = (await covering)?.ok === true
    return entries.length > 0 || covered ? finished({ label, entries, cover: covered ? covers : null }, crew) : null
  }

  /** Puts back what was there before the newest act, which may still be on its way, or before this one. */
  async function undo(wanted?: Done): Promise<void> {
    const flight = wanted === undefined ? flights.at(-1) : undefined
    flights = flights.filter((one) => one !== flight)
    const which = flight === undefined ? (wanted ?? done.value.at(-1)) : await flight
    if (which === undefined || which === null || !done.value.includes(which)) return
    done.value = done.value.filter((one) => one !== which)
    toasts.value = toasts.value.filter((toast) => toast.kind !== 'done' || toast.done !== which)
    const { crew } = studioRoom
    // Whoever was covered by something else since stays so.
    if (which.cover === covers && desk.snapshot?.session.name === 'paused' && desk.snapshot.settings.showStatus === null)
      await desk.call('session.setPaused', { paused: false })
    let trouble: Trouble | null = null
    const unanswered: number[] = []
    for (const entry of [...which.entries].reverse()) {
      try {
        if (crew === null) throw new RoomApiError('unreachable')
        await crew.undo(entry)
      } catch (error) {
        const one = troubleOf(error)
        trouble ??= one
        if (one.kind === 'offline') unanswered.unshift(entry)
      }
    }
    await measures.refresh()
    // Nobody answered: it can be tried again.
    if (unanswered.length > 0) done.value = [...done.value, { ...which, entries: unanswered, cover: null }]
    tell(trouble === null ? { kind: 'undone', label: which.label } : { kind: 'not-undone', label: which.label, trouble })
  }

  /** @param crew whose log has it @returns what can be undone of it */
  function finished(one: Done, crew: CrewApi | null): Done | null {
    // What was taken off the screens was seen, or was not: there is nothing to put back.
    const undoable = one.label.act !== 'delete' && crew === studioRoom.crew
    if (undoable) done.value = [...done.value, one].slice(-UNDOABLE)
    tell({ kind: 'done', label: one.label, done: undoable ? one : null })
    return undoable ? one : null
  }

  function failed(label: Label, trouble: Trouble, quiet: boolean): Trouble {
    if (!quiet) tell({ kind: 'failed', label, trouble })
    return trouble
  }

  function tell(toast: Toast extends infer One ? (One extends Toast ? Omit<One, 'id'> : never) : never): void {
    lastId += 1
    toasts.value = [...toasts.value, { ...toast, id: lastId } as Toast].slice(-TOASTS)
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  function latest(subject: string): Doing | null {
    return doing.value.filter((one) => one.subject === subject).at(-1) ?? null
  }

  function stateOf(userId: string, nowMs: number): PersonState {
    const speech = latest(`speech ${userId}`)
    const entry = latest(`entry ${userId}`)
    return {
      mute: speech === null ? measures.muteOf(userId, nowMs) : expected(userId, speech),
      block: entry === null ? measures.blockOf(userId, nowMs) : expected(userId, entry),
      pending: speech !== null || entry !== null,
    }
  }

  const isDeleting = (msgSeq: number): boolean => msgSeq > 0 && latest(`message ${msgSeq}`) !== null
  const muteAllDoing = computed(() => latest('mute-all'))
  const slowModeDoing = computed(() => latest('slow-mode'))
  const muteAll = computed(() => (muteAllDoing.value === null ? measures.current.muteAll : muteAllDoing.value.label.act === 'mute-all'))
  const slowModeSec = computed(() => slowModeDoing.value?.label.seconds ?? measures.current.slowModeSec)
  const pendingRoom = computed(() => ({ muteAll: muteAllDoing.value !== null, slowMode: slowModeDoing.value !== null }))

  return { done, toasts, armed, muteAll, slowModeSec, pendingRoom, act, setMuteAll, setSlowMode, panic, undo, dismiss, stateOf, isDeleting }
})

/** What will hold when it is done. */
function expected(userId: string, { label, atSec, reason }: Doing): Penalty | null {
  const name = label.act as PersonAct
  const term = MUTES[name] ?? REMOVALS[name]
  if (term === undefined) return null
  return { userId, scope: term.scope, until: term.scope === 'timed' ? atSec + term.seconds : 0, reason }
}

/** @throws what is no answer of the API */
export function troubleOf(error: unknown): Trouble {
  if (!(error instanceof RoomApiError)) throw error
  return error.kind === 'refused' && error.remedy !== '' ? { kind: 'said', message: error.message, remedy: error.remedy } : { kind: 'offline' }
}

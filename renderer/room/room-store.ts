import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import type { RichText, Role, RoomMessage, RoomMessageOf, RoomStatus } from '../../electron/shared/room-message'
import type { RoomSnapshot } from '../../electron/shared/room-api'

export interface MuteState {
  readonly scope: 'timed' | 'show' | 'forever'
  /** UNIX seconds; 0 = not at a known time. */
  readonly until: number
  readonly reason: string
}

/** Why nothing can be written now. */
export type SpeechBlock =
  | { readonly kind: 'muted'; readonly reason: string; readonly secondsLeft: number; readonly scope: MuteState['scope'] }
  | { readonly kind: 'mute-all' }
  | { readonly kind: 'slow-mode'; readonly secondsLeft: number }

export interface Me {
  readonly userId: string
  readonly role: Role
  readonly nick: string
  readonly level: number
}

/** The latest of the words that carry a `rev`: an older one never replaces a newer. */
interface Revised<T> {
  readonly rev: number
  readonly value: T
}

const NO_TEXT: RichText = { form: 'plain', text: '' }

/** The room as it stands: a snapshot, and what was said of it since. */
export const useRoom = defineStore('room', () => {
  const known = shallowRef(false)
  const status = shallowRef<Revised<RoomStatus>>({ rev: -1, value: 'upcoming' })
  const profile = shallowRef<Revised<{ title: string; cover: string; startsAt: number }>>({ rev: -1, value: { title: '', cover: '', startsAt: 0 } })
  const notice = shallowRef<Revised<RichText>>({ rev: -1, value: NO_TEXT })
  const introduction = shallowRef<Revised<RichText>>({ rev: -1, value: NO_TEXT })
  const seats = shallowRef<Revised<RoomMessageOf<'seats'>['seats']>>({ rev: -1, value: [] })
  const pk = shallowRef<Revised<RoomMessageOf<'pk'> | null>>({ rev: -1, value: null })
  const viewers = shallowRef<number | null>(null)
  const likes = shallowRef(0)
  const popularity = shallowRef(0)
  const me = shallowRef<Me | null>(null)
  const mute = shallowRef<MuteState | null>(null)
  const muteAll = shallowRef(false)
  const slowModeSec = shallowRef(0)
  /** Milliseconds: before that the next message is too soon. */
  const speakAtMs = shallowRef(0)
  const isCrew = computed(() => (me.value?.role ?? 'viewer') !== 'viewer')

  function load(snapshot: RoomSnapshot): void {
    const { room } = snapshot
    const { rev } = room
    status.value = newer(status.value, { rev, value: room.status })
    profile.value = newer(profile.value, { rev, value: { title: room.title, cover: room.cover, startsAt: room.startsAt } })
    notice.value = newer(notice.value, { rev, value: snapshot.notice })
    introduction.value = newer(introduction.value, { rev, value: snapshot.introduction })
    seats.value = newer(seats.value, { rev: snapshot.seats.rev, value: snapshot.seats.seats })
    if (snapshot.pk !== null) pk.value = newer(pk.value, { rev: snapshot.pk.rev, value: shownPk(snapshot.pk) })
    viewers.value = room.online
    likes.value = snapshot.likes
    popularity.value = snapshot.popularity
    me.value = { userId: snapshot.me.userId, role: snapshot.me.role, nick: snapshot.me.nick, level: snapshot.me.level }
    mute.value = snapshot.me.mute
    muteAll.value = snapshot.muteAll
    slowModeSec.value = snapshot.slowModeSec
    known.value = true
  }

  /** Takes what concerns the room's state; other kinds are for the other stores. */
  function hear(message: RoomMessage): void {
    switch (message.kind) {
      case 'status':
        status.value = newer(status.value, { rev: message.rev, value: message.status })
        break
      case 'profile':
        profile.value = newer(profile.value, { rev: message.rev, value: { title: message.title, cover: message.cover, startsAt: message.startsAt } })
        break
      case 'notice':
        notice.value = newer(notice.value, { rev: message.rev, value: message.notice })
        break
      case 'introduction':
        introduction.value = newer(introduction.value, { rev: message.rev, value: message.introduction })
        break
      case 'seats':
        seats.value = newer(seats.value, { rev: message.rev, value: message.seats })
        break
      case 'pk':
        pk.value = newer(pk.value, { rev: message.rev, value: shownPk(message) })
        break
      case 'counters':
        viewers.value = message.online
        // One's own likes are shown before they are counted.
        likes.value = Math.max(likes.value, message.likes)
        popularity.value = message.popularity
        break
      case 'mute':
        if (message.userId === me.value?.userId) mute.value = { scope: message.scope, until: message.until, reason: message.reason }
        break
      case 'unmute':
        if (message.userId === me.value?.userId) mute.value = null
        break
      case 'mute-all':
        muteAll.value = message.on
        break
      case 'slow-mode':
        slowModeSec.value = message.seconds
        if (message.seconds === 0) speakAtMs.value = 0
        break
      default:
    }
  }

  /** One's own likes: shown when tapped; taken back when they were refused. */
  function liked(count: number): void {
    likes.value = Math.max(0, likes.value + count)
  }

  /** Something was said: the next waits as slow mode wants. */
  function spoke(nowMs: number): void {
    if (!isCrew.value && slowModeSec.value > 0) speakAtMs.value = nowMs + slowModeSec.value * 1_000
  }

  /** The room itself says how long to wait. */
  function waitUntil(ms: number): void {
    speakAtMs.value = Math.max(speakAtMs.value, ms)
  }

  function muted(state: MuteState): void {
    mute.value ??= state
  }

  function renamed(nick: string): void {
    if (me.value !== null) me.value = { ...me.value, nick }
  }

  /** @returns null: one may speak */
  function speechBlock(nowMs: number): SpeechBlock | null {
    const muting = mute.value
    const secondsLeft = muting === null || muting.until === 0 ? 0 : Math.ceil(muting.until - nowMs / 1_000)
    if (muting !== null && (muting.until === 0 || secondsLeft > 0)) return { kind: 'muted', reason: muting.reason, secondsLeft, scope: muting.scope }
    if (muteAll.value && !isCrew.value) return { kind: 'mute-all' }
    if (speakAtMs.value > nowMs) return { kind: 'slow-mode', secondsLeft: Math.ceil((speakAtMs.value - nowMs) / 1_000) }
    return null
  }

  /** The next snapshot may be that of another room, whose numbers begin anew. */
  function clear(): void {
    status.value = { ...status.value, rev: -1 }
    profile.value = { ...profile.value, rev: -1 }
    notice.value = { ...notice.value, rev: -1 }
    introduction.value = { ...introduction.value, rev: -1 }
    seats.value = { rev: -1, value: [] }
    pk.value = { rev: -1, value: null }
    known.value = false
    me.value = null
    mute.value = null
    muteAll.value = false
    slowModeSec.value = 0
    speakAtMs.value = 0
    viewers.value = null
  }

  return {
    known,
    status: computed(() => status.value.value),
    profile: computed(() => profile.value.value),
    notice: computed(() => notice.value.value),
    introduction: computed(() => introduction.value.value),
    /** Who is on the air beside the anchor, by seat. */
    seats: computed(() => seats.value.value),
    /** The PK with another room that runs, or whose result is shown; null = none. */
    pk: computed(() => pk.value.value),
    viewers,
    likes,
    popularity,
    me,
    mute,
    muteAll,
    slowModeSec,
    speakAtMs,
    isCrew,
    load,
    hear,
    liked,
    spoke,
    waitUntil,
    muted,
    renamed,
    speechBlock,
    clear,
  }
})

function newer<T>(old: Revised<T>, next: Revised<T>): Revised<T> {
  return next.rev >= old.rev ? next : old
}

function shownPk(message: RoomMessageOf<'pk'>): RoomMessageOf<'pk'> | null {
  return message.state === 'none' ? null : message
}

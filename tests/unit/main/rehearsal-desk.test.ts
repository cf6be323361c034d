import { beforeEach, describe, expect, it } from 'vitest'
import { RehearsalDesk } from '../../../electron/main/rehearsal-desk'
import type { RehearsalFigures, RehearsalState } from '../../../electron/shared/rehearsal'
import type { RoomServerAddresses } from '../../../electron/shared/room-server'
import type { SessionState } from '../../../electron/shared/session'
import type { Snapshot } from '../../../electron/shared/snapshot'
import { snapshotWith } from '../renderer/studio/snapshot'

const ADDRESSES: RoomServerAddresses = { http: 'http://127.0.0.1:1', wire: '', watch: '', play: '', rtmp: '', ingest: '', shared: null, secureGuest: null }
const FIGURES: RehearsalFigures = { viewersPeak: 10, messages: 16, likes: 50, gifts: 10, coins: 670, anchorMessages: 1 }
const LIVE: SessionState = { name: 'live', liveSinceMs: 1 }
const CUT: SessionState = { name: 'reconnecting', liveSinceMs: 1, sinceMs: 2, cause: { code: 'publish.closed', context: {} } }
const ENDED: SessionState = {
  name: 'ended',
  summary: { startedAtMs: 1, endedAtMs: 2, sentBytes: 0, videoFrames: 0, droppedFrames: 0, reconnects: 0 },
}

let desk: RehearsalDesk
let said: string[]
let current: Snapshot
beforeEach(() => {
  said = []
  current = snapshotWith()
  desk = new RehearsalDesk({
    store: {
      get current() {
        return current
      },
      set: (change) => {
        current = { ...current, ...change }
      },
    },
    title: () => 'A show',
    dispatch: ({ type }) => void said.push(type),
    command: ({ type }) => void said.push(type),
    switchRoom: (addresses) => void said.push(addresses === null ? 'the real room' : 'the rehearsal’s room'),
  })
})

function becomes(session: SessionState): void {
  current = { ...current, session }
  desk.sessionIs(session)
}
function onAir(): void {
  desk.start(60_000)
  desk.reported({ type: 'rehearsal-open', addresses: ADDRESSES })
  becomes(LIVE)
}
const result = (): Extract<RehearsalState, { name: 'over' }>['result'] => {
  if (current.rehearsal.name !== 'over') throw new Error(current.rehearsal.name)
  return current.rehearsal.result
}

describe('a rehearsal', () => {
  it('goes through: its room, on air, the cut, the end, the real room', () => {
    onAir()
    expect(current.rehearsal.name).toBe('running')
    expect(desk.isActive).toBe(true)
    desk.heard(-12)
    desk.heard(-30)
    becomes(CUT)
    desk.reported({ type: 'rehearsal-cut' })
    becomes(LIVE)
    desk.reported({ type: 'rehearsal-done' })
    becomes(ENDED)
    desk.reported({ type: 'rehearsal-over', figures: FIGURES })
    expect(said).toEqual(['rehearse', 'the rehearsal’s room', 'go-live', 'end', 'end-rehearsal', 'done', 'the real room'])
    expect(result()).toMatchObject({ completed: true, cut: 'survived', loudestDb: -12, figures: FIGURES })
    expect(desk.isActive).toBe(false)
    desk.dismiss()
    expect(current.rehearsal).toEqual({ name: 'off' })
  })

  it('says so when it was stopped, and when the show did not come back', () => {
    onAir()
    desk.reported({ type: 'rehearsal-cut' })
    becomes(CUT)
    desk.stop()
    becomes(ENDED)
    desk.reported({ type: 'rehearsal-over', figures: FIGURES })
    expect(result()).toMatchObject({ completed: false, cut: 'not-survived', outageMs: null, loudestDb: null })
  })

  it('waits at its end for a show that is on its way back', () => {
    onAir()
    desk.reported({ type: 'rehearsal-cut' })
    becomes(CUT)
    desk.reported({ type: 'rehearsal-done' })
    expect(said).not.toContain('end')
    becomes(LIVE)
    expect(said.at(-1)).toBe('end')
    becomes(ENDED)
    desk.reported({ type: 'rehearsal-over', figures: FIGURES })
    expect(result()).toMatchObject({ completed: true, cut: 'survived' })
  })

  it('does not begin beside a show, before a resumption, twice, or without a room', () => {
    becomes(LIVE)
    desk.start(60_000)
    current = snapshotWith({ resume: { title: '', lastLiveAtMs: 1 } })
    desk.start(60_000)
    expect(said).toEqual([])
    current = snapshotWith({ roomServer: { ...current.roomServer, running: false } })
    expect(() => desk.start(60_000)).toThrow('room.unavailable')
    current = snapshotWith()
    desk.start(60_000)
    desk.start(60_000)
    expect(said).toEqual(['rehearse'])
  })

  it('stopped while its room opens, it never goes live', () => {
    desk.start(60_000)
    desk.stop()
    desk.reported({ type: 'rehearsal-open', addresses: ADDRESSES })
    desk.reported({ type: 'rehearsal-over', figures: null })
    expect(said).toEqual(['rehearse', 'end-rehearsal', 'the real room'])
  })

  it('ends with the process that its room was in, and leaves no ended show behind', () => {
    onAir()
    desk.roomDied()
    expect(result()).toMatchObject({ completed: false, figures: null })
    expect(desk.isActive).toBe(false)
    expect(said.slice(-2)).toEqual(['end', 'the real room'])
  })
})

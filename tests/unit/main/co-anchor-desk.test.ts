import { describe, expect, it } from 'vitest'
import { CoAnchorDesk } from '../../../electron/main/co-anchor-desk'
import type { SnapshotStore } from '../../../electron/main/snapshot-store'
import { NO_CO_ANCHORS, type CoAnchorMedia, type CoAnchors } from '../../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../../electron/shared/seats'

const CHECKS = { camera: 'pass', microphone: 'warn', echo: 'unknown', line: 'pass' } as const
const media = (change: Partial<CoAnchorMedia>): CoAnchorMedia => ({
  ...{ state: 'waiting', lostAtMs: null, width: 0, height: 0, fps: 0, rttMs: null, loss: null, checks: null },
  ...change,
})
const TABLE: SeatTableView = { rev: 3, layout: 'grid', entries: [] }

describe('a co-anchor of a show by TRTC', () => {
  it('has the media that the TRTC window tells, and the place and checks that only the web stage knows', () => {
    let coAnchors: CoAnchors = NO_CO_ANCHORS
    const store = {
      get current() {
        return { coAnchors }
      },
      set: (patch: { coAnchors?: CoAnchors }) => void (coAnchors = patch.coAnchors ?? coAnchors),
    } as unknown as SnapshotStore
    const desk = new CoAnchorDesk({
      store,
      place: () => null,
      session: () => Promise.reject(new Error('none')),
      commandStage: () => undefined,
      log: () => undefined,
    })
    const connected = media({ state: 'connected', width: 640, height: 360, fps: 30, rttMs: 40, loss: 0.01 })
    desk.reported({ ...NO_CO_ANCHORS, table: TABLE, media: { bo: media({ checks: CHECKS }) } }, 'table')
    desk.reported({ ...NO_CO_ANCHORS, media: { bo: connected }, hearing: 'bo' }, 'media')
    expect(coAnchors).toEqual({ table: TABLE, media: { bo: { ...connected, checks: CHECKS } }, hearing: 'bo', talkingTo: null })
    // Checks that come later find the media that is told already.
    desk.reported({ ...NO_CO_ANCHORS, table: TABLE, media: { bo: media({ checks: { ...CHECKS, microphone: 'pass' } }) } }, 'table')
    expect(coAnchors.media['bo']).toEqual({ ...connected, checks: { ...CHECKS, microphone: 'pass' } })
  })
})

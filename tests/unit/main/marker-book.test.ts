import { describe, expect, it } from 'vitest'
import { MarkerBook } from '../../../electron/main/marker-book'
import { MAX_MARKERS, type Marker } from '../../../electron/shared/marker'
import type { SessionState } from '../../../electron/shared/session'

const LIVE: SessionState = { name: 'live', liveSinceMs: 0 }
const PAUSED: SessionState = { name: 'paused', liveSinceMs: 0, cause: null }
const IDLE: SessionState = { name: 'idle', error: null }

function book(): { markers: MarkerBook; shown: () => readonly Marker[] } {
  let all: readonly Marker[] = []
  return { markers: new MarkerBook((next) => (all = next)), shown: () => all }
}

describe('markers', () => {
  it('are set, named and removed while on air, also in a pause', () => {
    const { markers, shown } = book()
    markers.sessionIs(LIVE)
    markers.add('', 1_000)
    markers.sessionIs(PAUSED)
    markers.add('the joke', 2_000)
    expect(shown()).toEqual([
      { id: 1, atMs: 1_000, label: '' },
      { id: 2, atMs: 2_000, label: 'the joke' },
    ])
    markers.rename(1, 'the start')
    markers.remove(2)
    markers.rename(2, 'gone')
    expect(shown()).toEqual([{ id: 1, atMs: 1_000, label: 'the start' }])
  })

  it('are refused while nothing is on air, and above their number', () => {
    const { markers } = book()
    expect(() => markers.add('', 0)).toThrow(expect.objectContaining({ code: 'marker.off-air' }) as Error)
    markers.sessionIs(LIVE)
    for (let count = 0; count < MAX_MARKERS; count++) markers.add('', count)
    expect(() => markers.add('', 0)).toThrow(expect.objectContaining({ code: 'marker.limit', context: { limit: MAX_MARKERS } }) as Error)
  })

  it('stay until the next show is on air', () => {
    const { markers, shown } = book()
    markers.sessionIs(LIVE)
    markers.add('kept', 1)
    markers.sessionIs(IDLE)
    expect(shown()).toHaveLength(1)
    markers.sessionIs(LIVE)
    expect(shown()).toEqual([])
  })

  it('of the last show wait while a rehearsal has its own', () => {
    const { markers, shown } = book()
    markers.sessionIs(LIVE)
    markers.add('of the show', 1_000)
    markers.sessionIs(IDLE)
    markers.setAside()
    markers.sessionIs(LIVE)
    markers.add('of the rehearsal', 2_000)
    expect(shown().map(({ label }) => label)).toEqual(['of the rehearsal'])
    markers.sessionIs(IDLE)
    markers.takeUp()
    expect(shown().map(({ label }) => label)).toEqual(['of the show'])
  })
})

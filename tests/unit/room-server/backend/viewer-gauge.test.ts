import { describe, expect, it } from 'vitest'
import { ViewerGauge } from '../../../../electron/room-server/backend/shows/viewer-gauge'

describe('the viewers of a show', () => {
  it('are the most at once, and the mean over the time', () => {
    const gauge = new ViewerGauge()
    gauge.set(0, 1_000)
    gauge.set(10, 2_000)
    gauge.set(4, 4_000)
    expect(gauge.at(8_000)).toEqual({ peak: 10, viewerMs: 10 * 2_000 + 4 * 4_000, measuredMs: 7_000 })
  })

  it('are not made up for a time in which nobody counted', () => {
    const gauge = new ViewerGauge()
    gauge.set(null, 0)
    expect(gauge.at(5_000)).toEqual({ peak: 0, viewerMs: 0, measuredMs: 0 })
    gauge.set(2, 5_000)
    gauge.set(null, 6_000)
    expect(gauge.at(9_000)).toEqual({ peak: 2, viewerMs: 2_000, measuredMs: 1_000 })
  })

  it('go on from what an earlier process wrote, whatever the clock does', () => {
    const gauge = new ViewerGauge({ peak: 7, viewerMs: 900, measuredMs: 300 })
    gauge.set(3, 10_000)
    expect(gauge.at(9_000)).toEqual({ peak: 7, viewerMs: 900, measuredMs: 300 })
    expect(gauge.at(10_100)).toEqual({ peak: 7, viewerMs: 1_200, measuredMs: 400 })
  })
})

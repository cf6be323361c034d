import { expect, it } from 'vitest'
import { ProcessReports } from '../../../electron/main/process-reports'
import { NO_CO_ANCHORS, type CoAnchors } from '../../../electron/shared/co-anchor-line'
import type { SeatTableView } from '../../../electron/shared/seats'

const TABLE: SeatTableView = { rev: 1, layout: 'grid', entries: [] }

it('a web stage that crashed in a show by TRTC takes nobody off the air when it is there anew', () => {
  const seats: (SeatTableView | null)[] = []
  const show = { isOnAir: true }
  const desk = {
    show,
    route: { engine: 'trtc' },
    trtc: { setSeats: (table: SeatTableView | null) => void seats.push(table) },
    coAnchors: { reported: () => undefined },
  }
  const reports = new ProcessReports({ desk: desk as never, log: () => undefined })
  const say = (table: SeatTableView | null): void => reports.stage({ type: 'co-anchors', coAnchors: { ...NO_CO_ANCHORS, table } }, 'stage')
  say(TABLE)
  say(null)
  expect(seats).toEqual([TABLE])
  show.isOnAir = false
  say(null)
  expect(seats).toEqual([TABLE, null])
})

it('a TRTC window that the show has left says nothing of who is on the mic', () => {
  const told: [SeatTableView | null, string][] = []
  const desk = {
    show: { isOnAir: true },
    route: { engine: 'stage' },
    trtc: { setSeats: () => undefined },
    coAnchors: { reported: ({ table }: CoAnchors, part: string) => void told.push([table, part]) },
  }
  const reports = new ProcessReports({ desk: desk as never, log: () => undefined })
  reports.stage({ type: 'co-anchors', coAnchors: { ...NO_CO_ANCHORS, table: TABLE } }, 'stage')
  reports.stage({ type: 'co-anchors', coAnchors: NO_CO_ANCHORS }, 'trtc')
  expect(told).toEqual([[TABLE, 'all']])
})

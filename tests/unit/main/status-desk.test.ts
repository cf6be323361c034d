import { beforeEach, describe, expect, it } from 'vitest'
import type { RichText } from '../../../electron/shared/room-message'
import type { HeldStatus, ShowStatus, Standing } from '../../../electron/shared/show-status'
import { StatusDesk } from '../../../electron/main/status-desk'

const plain = (text: string): RichText => ({ form: 'plain', text })
const WELCOME: RichText = { form: 'rich', text: 'Welcome', images: ['https://a.example/1.png'] }
const AWAY: ShowStatus = { kind: 'be-right-back', text: '', notice: 'Back in five' }
const LAST: ShowStatus = { kind: 'last-10-minutes', text: 'Last 10 minutes', notice: 'Ten to go' }

let notice: RichText
let roomIsUp: boolean
let shown: Standing
let kept: HeldStatus | null
let said: string[]

function openDesk(held: HeldStatus | null = null): StatusDesk {
  return new StatusDesk({
    held,
    paused: () => shown.paused,
    show: (standing) => (shown = standing),
    keep: (next) => (kept = next),
    sayNotice: (next, ifStill) => {
      if (!roomIsUp) return Promise.resolve(null)
      const before = notice
      if (ifStill === null || before.text === ifStill) {
        notice = next
        said.push(next.text)
      }
      return Promise.resolve(before)
    },
  })
}
beforeEach(() => {
  notice = WELCOME
  roomIsUp = true
  shown = { held: null, paused: false }
  kept = null
  said = []
})

describe('a status', () => {
  it('is card, pause and notice at once, and its undo puts all three back', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    expect(shown).toMatchObject({ paused: true, held: { status: AWAY } })
    expect(notice).toEqual(plain('Back in five'))
    expect(kept).toMatchObject({ noticeSaid: true, noticeBefore: WELCOME })
    await desk.undo()
    expect([shown, kept, notice]).toEqual([{ held: null, paused: false }, null, WELCOME])
  })

  it('that took another’s place: undo brings that one, end brings what was before both', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    await desk.set(LAST)
    expect(shown.paused).toBe(false)
    await desk.undo()
    expect([shown.held?.status, shown.paused, notice.text]).toEqual([AWAY, true, 'Back in five'])
    expect(kept?.noticeSaid).toBe(true)
    await desk.set(LAST)
    await desk.end()
    expect([shown, notice]).toEqual([{ held: null, paused: false }, WELCOME])
  })

  it('that was ended can be had again', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    await desk.end()
    await desk.undo()
    expect([shown.held?.status, shown.paused, notice.text]).toEqual([AWAY, true, 'Back in five'])
    await desk.end()
    expect(notice).toEqual(WELCOME)
  })

  it('changes the picture before the room answers, and undo pressed meanwhile undoes the notice too', async () => {
    const desk = openDesk()
    const setting = desk.set(AWAY)
    expect(shown.paused).toBe(true)
    const undoing = desk.undo()
    expect(shown.paused).toBe(false)
    await Promise.all([setting, undoing])
    expect([notice, kept]).toEqual([WELCOME, null])
  })

  it('leaves a notice that somebody wrote meanwhile', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    notice = plain('Written by the producer')
    await desk.end()
    expect(notice.text).toBe('Written by the producer')
    await desk.undo()
    expect(notice.text).toBe('Written by the producer')
  })

  it('holds without the room, which hears its notice when it is back', async () => {
    roomIsUp = false
    const desk = openDesk()
    await desk.set(AWAY)
    expect([shown.paused, kept?.noticeSaid, notice]).toEqual([true, false, WELCOME])
    roomIsUp = true
    await desk.roomListens()
    expect([kept?.noticeSaid, notice.text]).toEqual([true, 'Back in five'])
    await desk.set(AWAY)
    await desk.roomListens()
    expect(said, 'once is enough').toEqual(['Back in five'])
    await desk.end()
    expect(notice).toEqual(WELCOME)
  })

  it('that ends while the room is away is put back when the room is there, also before the next one', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    roomIsUp = false
    await desk.end()
    expect(notice.text).toBe('Back in five')
    roomIsUp = true
    await desk.set(LAST)
    expect(kept?.noticeBefore).toEqual(WELCOME)
    roomIsUp = false
    await desk.showEnded()
    roomIsUp = true
    await desk.roomListens()
    expect(notice).toEqual(WELCOME)
    notice = plain('Later')
    await desk.roomListens()
    expect(notice.text).toBe('Later')
  })

  it('outlives the app: what the next one holds can be ended', async () => {
    await openDesk().set(AWAY)
    const next = openDesk(kept)
    shown = { held: kept, paused: true }
    await next.end()
    expect([shown, notice]).toEqual([{ held: null, paused: false }, WELCOME])
  })

  it('ends with the show, and then there is nothing to take back', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    await desk.showEnded()
    await desk.undo()
    expect([kept, notice]).toEqual([null, WELCOME])
  })

  it('waits while a rehearsal is on, and one of the rehearsal does not outlive it', async () => {
    const desk = openDesk()
    await desk.set(AWAY)
    desk.setAside()
    expect([shown, kept]).toEqual([{ held: null, paused: false }, null])
    await desk.undo()
    expect(notice.text).toBe('Back in five')
    await desk.set(LAST)
    await desk.showEnded()
    desk.takeUp()
    expect(shown).toMatchObject({ held: { status: AWAY } })
    expect(kept).toMatchObject({ status: AWAY, noticeSaid: true, noticeBefore: WELCOME })
    notice = plain('Back in five')
    await desk.end()
    expect(notice).toEqual(WELCOME)
  })

  it('ended by whoever shows himself again, does not pause him', async () => {
    shown = { held: null, paused: true }
    const desk = openDesk()
    await desk.set(AWAY)
    await desk.end(true)
    expect(shown).toEqual({ held: null, paused: false })
  })
})

// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { RoomApiError } from '../../../../../renderer/room/api-request'
import { useAsking } from '../../../../../renderer/room/asking-store'
import type { CrewApi } from '../../../../../renderer/room/crew-api'
import { useCoAnchors } from '../../../../../renderer/studio/room/co-anchors/co-anchors-store'
import { useMicRequests } from '../../../../../renderer/studio/room/co-anchors/mic-requests-store'
import { useStudioRoom } from '../../../../../renderer/studio/stores/studio-room'
import { applicationOf, FakeSeats, onTheMic, refused, seated, tableOf, type Mic } from './on-the-mic'

const TABLE = tableOf([seated('Ming', { seat: 1 }), seated('Bo')])
let mic: Mic
beforeEach(async () => {
  mic = await onTheMic({ table: TABLE })
})
afterEach(() => vi.unstubAllGlobals())

function gated(): () => void {
  let open: () => void = () => undefined
  mic.crew.gate = new Promise((resolve) => (open = resolve))
  return () => open()
}

describe('what the anchor does about a seat', () => {
  it('is shown by the answer, before the stage has heard of it', async () => {
    const seats = useCoAnchors()
    expect(await seats.edit('u_Bo', 'Bo', { onAir: true })).toBe('')
    expect(seats.air.map(({ nick }) => nick)).toEqual(['Ming', 'Bo'])
    mic.stageTells({ table: tableOf([], { rev: 9 }) })
    expect(seats.air).toEqual([])
  })

  it('is meant once when it is pressed twice', async () => {
    const open = gated()
    const seats = useCoAnchors()
    const both = Promise.all([seats.edit('u_Bo', 'Bo', { onAir: true }), seats.edit('u_Bo', 'Bo', { onAir: true })])
    expect(seats.busy.has('u_Bo')).toBe(true)
    open()
    expect(await both).toEqual(['', null])
    expect(mic.crew.calls).toHaveLength(1)
    expect(seats.busy.size).toBe(0)
  })

  it('is told with its cause and remedy when the backend says no, and gone from the screen when it says yes', async () => {
    const seats = useCoAnchors()
    mic.crew.refuse = refused('seat.not-ready')
    expect(await seats.edit('u_Bo', 'Bo', { onAir: true })).toBe('seat.not-ready')
    expect(seats.told).toEqual({ name: 'Bo', trouble: { kind: 'said', message: 'seat.not-ready.', remedy: 'Wait.' } })
    await seats.edit('u_Bo', 'Bo', { onAir: true })
    expect(seats.told).toBeNull()
  })

  it('is told as such when nobody answers', async () => {
    const seats = useCoAnchors()
    mic.crew.refuse = new RoomApiError('unreachable')
    expect(await seats.remove('u_Bo', 'Bo')).toBeNull()
    expect(seats.told?.trouble.kind).toBe('offline')
    useStudioRoom().crew = null
    expect(seats.told).toBeNull()
    await seats.remove('u_Bo', 'Bo')
    expect(seats.told?.trouble.kind).toBe('offline')
  })

  it('is shown at once where it is merely adjusted, sent in order, and taken back when refused', async () => {
    const open = gated()
    const seats = useCoAnchors()
    const first = seats.adjust('u_Ming', 'Ming', { muted: true })
    const second = seats.adjust('u_Ming', 'Ming', { muted: false, volume: 2 })
    expect(seats.entryOf('u_Ming')).toMatchObject({ muted: false, volume: 2 })
    mic.crew.refuse = refused('seat.not-admitted')
    open()
    await first
    await second
    expect(mic.crew.calls.map(([, , edit]) => edit)).toEqual([{ muted: true }, { muted: false, volume: 2 }])
    mic.crew.refuse = refused('seat.not-admitted')
    const third = seats.adjust('u_Ming', 'Ming', { spotlight: true })
    expect(seats.entryOf('u_Ming')?.spotlight).toBe(true)
    await third
    expect(seats.entryOf('u_Ming')?.spotlight).toBe(false)
  })

  it('belongs to its room: the seats of another are asked for anew', async () => {
    const seats = useCoAnchors()
    await seats.edit('u_Bo', 'Bo', { onAir: true })
    mic.stageTells({ table: null })
    useStudioRoom().crew = new FakeSeats() as unknown as CrewApi
    expect(seats.table).toBeNull()
    await seats.refresh()
    expect(seats.table?.entries).toEqual([])
  })
})

describe('somebody who asks for the mic', () => {
  const ask = (...nicks: string[]): void => {
    useAsking().applications = nicks.map((nick) => applicationOf(nick))
  }

  it('gets a place first, and then a yes', async () => {
    ask('Wang')
    mic.asker.acceptApplication = (inviteId) => {
      expect(useCoAnchors().entryOf('u_Wang')).not.toBeNull()
      mic.asker.calls.push(['accept', inviteId])
      return Promise.resolve(true)
    }
    await useMicRequests().admit(applicationOf('Wang'))
    expect(mic.crew.calls).toEqual([['admit', 'u_Wang']])
    expect(mic.asker.calls).toEqual([['accept', 'i_Wang']])
  })

  it.each([
    ['seat.full', 'full'],
    ['seat.blocked', 'blocked'],
  ] as const)('is told why not at %s', async (code, reason) => {
    ask('Wang')
    mic.crew.refuse = refused(code)
    await useMicRequests().admit(applicationOf('Wang'))
    expect(mic.asker.calls).toEqual([['decline', 'i_Wang', reason]])
    expect(useCoAnchors().told?.trouble).toMatchObject({ kind: 'said', message: `${code}.` })
  })

  it('still asks when nobody answered the anchor', async () => {
    ask('Wang')
    mic.crew.refuse = new RoomApiError('unreachable')
    await useMicRequests().admit(applicationOf('Wang'))
    expect(mic.asker.calls).toEqual([])
  })

  it('keeps no place when the question was taken back in the meantime', async () => {
    ask('Wang')
    const open = gated()
    const admitted = useMicRequests().admit(applicationOf('Wang'))
    useAsking().applications = []
    open()
    await admitted
    expect(mic.crew.calls).toEqual([
      ['admit', 'u_Wang'],
      ['unseat', 'u_Wang'],
    ])
    expect(mic.asker.calls).toEqual([])
    expect(useCoAnchors().told?.trouble.kind).toBe('withdrawn')
  })

  it('is declined, and the anchor reads when that was not heard', async () => {
    ask('Wang', 'Li')
    await useMicRequests().decline(applicationOf('Wang'))
    expect(mic.asker.calls).toEqual([['decline', 'i_Wang', 'declined']])
    mic.asker.hears = false
    await useMicRequests().decline(applicationOf('Li'))
    expect(useCoAnchors().told).toEqual({ name: 'Li', trouble: { kind: 'not-told' } })
  })

  it('is blocked: out of the room for good, and told so', async () => {
    ask('Wang')
    await useMicRequests().block(applicationOf('Wang'))
    expect(mic.crew.calls).toEqual([['remove', 'u_Wang', 'forever']])
    expect(mic.asker.calls).toEqual([['decline', 'i_Wang', 'blocked']])
  })

  it('is known by the backend’s name and level', async () => {
    useAsking().applications = [applicationOf('Wang', { nick: 'u_Wang', level: 0 })]
    await useMicRequests().learn()
    expect(useMicRequests().applications).toMatchObject([{ nick: 'Wang', level: 5 }])
  })
})

describe('somebody who was asked', () => {
  it('is let in on saying yes, once', async () => {
    const requests = useMicRequests()
    await requests.invite('u_Li', 'Li')
    expect(mic.asker.calls).toEqual([['invite', 'u_Li', 'Li']])
    useAsking().invitations = [{ inviteId: 'i_Li', userId: 'u_Li', nick: 'Li', state: 'accepted', endsAtMs: 30_000 }]
    await requests.welcome()
    await requests.welcome()
    await flushPromises()
    expect(mic.crew.calls).toEqual([['admit', 'u_Li']])
  })

  it('is not said to be asked when the question did not go', async () => {
    mic.asker.hears = false
    await useMicRequests().invite('u_Li', 'Li')
    expect(useCoAnchors().told).toEqual({ name: 'Li', trouble: { kind: 'not-asked' } })
  })
})

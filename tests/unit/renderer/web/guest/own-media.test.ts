import { beforeEach, expect, it } from 'vitest'
import { OwnMedia, type MediaKind, type MediaNote, type MediaView } from '../../../../../renderer/web/guest/own-media'
import { FakeTrack } from './fake-peer'

/** Cameras and microphones that are plugged in and out. */
class FakeDevices extends EventTarget {
  there: { kind: MediaKind; id: string }[] = [
    { kind: 'audio', id: 'mic-1' },
    { kind: 'audio', id: 'mic-2' },
    { kind: 'video', id: 'cam-1' },
  ]
  readonly asked: MediaStreamConstraints[] = []
  refuse: string | null = null
  /** While a device is being opened. */
  onAsk = (): void => undefined

  async enumerateDevices(): Promise<object[]> {
    return this.there.map(({ kind, id }) => ({ kind: `${kind}input`, deviceId: id, label: `Device ${id}` }))
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<{ getTracks(): FakeTrack[] }> {
    this.asked.push(constraints)
    await Promise.resolve()
    this.onAsk()
    if (this.refuse !== null) throw new DOMException('no', this.refuse)
    const kind = constraints.audio === undefined ? 'video' : 'audio'
    const wanted = (constraints[kind] as { deviceId?: { exact: string } }).deviceId?.exact
    const found = this.there.find((one) => one.kind === kind && (wanted === undefined || one.id === wanted))
    if (found === undefined) throw new DOMException('no', wanted === undefined ? 'NotFoundError' : 'OverconstrainedError')
    return { getTracks: () => [new FakeTrack(kind, found.id)] }
  }

  plug(kind: MediaKind, id: string): void {
    this.there.push({ kind, id })
    this.dispatchEvent(new Event('devicechange'))
  }

  unplug(id: string): void {
    this.there = this.there.filter((one) => one.id !== id)
  }
}

let devices: FakeDevices
let view: MediaView
let notes: MediaNote[]
let tracks: (FakeTrack | null)[]
const make = (audio = ''): OwnMedia =>
  new OwnMedia(
    devices as unknown as MediaDevices,
    { audio, video: '' },
    {
      onChange: (next) => (view = next),
      onTrack: (_kind, track) => tracks.push(track as unknown as FakeTrack | null),
      onNote: (note) => notes.push(note),
    },
  )
/** What was set going by an event has come to its end. */
const done = (media: OwnMedia): Promise<void> => media.settled()
const now = (kind: MediaKind): string => view[kind].device?.id ?? view[kind].trouble ?? ''
const trackOf = (kind: MediaKind): FakeTrack => view[kind].track as unknown as FakeTrack

beforeEach(() => {
  devices = new FakeDevices()
  ;[notes, tracks] = [[], []]
})

it('opens both, with echo cancellation, and lists what is there', async () => {
  const media = make('mic-2')
  await media.open()
  expect([now('audio'), now('video'), view.microphones.map(({ id }) => id)]).toEqual(['mic-2', 'cam-1', ['mic-1', 'mic-2']])
  expect(devices.asked).toMatchObject([
    { video: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 30 } } },
    { audio: { deviceId: { exact: 'mic-2' }, echoCancellation: true, noiseSuppression: true, autoGainControl: true } },
  ])
  expect([trackOf('audio').contentHint, trackOf('video').contentHint]).toEqual(['speech', 'motion'])
  media.close()
  expect([trackOf('audio').readyState, trackOf('video').readyState]).toEqual(['ended', 'ended'])
})

it.each([
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'none'],
  ['NotReadableError', 'busy'],
  ['TypeError', 'failed'],
])('says why there is nothing: %s', async (name, trouble) => {
  devices.refuse = name
  const media = make()
  await media.open()
  expect([now('audio'), now('video')]).toEqual([trouble, trouble])
  media.close()
})

it('goes on with another microphone, and comes back to the wanted one', async () => {
  const media = make('mic-2')
  await media.open()
  devices.unplug('mic-2')
  trackOf('audio').end()
  await done(media)
  expect([now('audio'), notes]).toEqual(['mic-1', [{ type: 'now-using', kind: 'audio', label: 'Device mic-1' }]])
  devices.plug('audio', 'mic-2')
  await done(media)
  expect([now('audio'), notes.at(-1)]).toEqual(['mic-2', { type: 'now-using', kind: 'audio', label: 'Device mic-2' }])
  media.close()
})

it('says what is lost where there is no other, and has it back when it is plugged in', async () => {
  const media = make()
  await media.open()
  devices.unplug('cam-1')
  trackOf('video').end()
  await done(media)
  expect([now('video'), notes, tracks.at(-1)]).toEqual(['gone', [{ type: 'lost', kind: 'video', label: 'Device cam-1' }], null])
  devices.plug('video', 'cam-1')
  await done(media)
  expect([now('video'), notes.at(-1)?.type]).toEqual(['cam-1', 'now-using'])
  media.close()
})

it('does not touch what works when something else is plugged in', async () => {
  const media = make()
  await media.open()
  const before = trackOf('audio')
  devices.plug('audio', 'mic-3')
  await done(media)
  expect([trackOf('audio'), notes]).toEqual([before, []])
  media.close()
})

it('is switched off and on, also across a change of the device', async () => {
  const media = make()
  await media.open()
  media.switch('audio', true)
  expect(trackOf('audio').enabled).toBe(false)
  await media.choose('audio', 'mic-2')
  expect([now('audio'), trackOf('audio').enabled]).toEqual(['mic-2', false])
  media.switch('audio', false)
  expect(trackOf('audio').enabled).toBe(true)
  media.close()
})

it.each([true, false])('is switched to off = %s while a device is being opened', async (off) => {
  const media = make()
  await media.open()
  media.switch('audio', !off)
  devices.onAsk = () => media.switch('audio', off)
  await media.choose('audio', 'mic-2')
  expect([now('audio'), view.audio.off, trackOf('audio').enabled]).toEqual(['mic-2', off, !off])
  media.close()
})

it('gives a device back everywhere before another is asked for', async () => {
  const media = make()
  await media.open()
  const before = trackOf('video')
  tracks.length = 0
  devices.onAsk = () => expect([tracks, before.readyState]).toEqual([[null], 'ended'])
  await media.choose('video', 'cam-1')
  expect(tracks).toEqual([null, trackOf('video')])
  media.close()
})

it('leaves no device on when it is closed while one is being opened', async () => {
  const media = make()
  const opening = media.open()
  media.close()
  await opening
  expect(tracks).toEqual([])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PROFILE } from '../../../electron/shared/profile'
import { FULL_FRAME, NO_BEAUTY, type Beauty, type Scene, type Source } from '../../../electron/shared/scene'
import { LAYOUTS, type SeatTableView } from '../../../electron/shared/seats'
import { captureCalls, CAPTURED_NOTHING, type CaptureCall, type Captured } from '../../../renderer/trtc/capture-calls'
import { encoderParams, screenParams } from '../../../renderer/trtc/encoder-params'
import { levelOf, levelsOf } from '../../../renderer/trtc/levels'
import { arrangeMix } from '../../../renderer/trtc/mix-arrangement'
import { lumaVariance, mixPictures, type Picture } from '../../../renderer/trtc/picture-mix'
import { planPublish } from '../../../renderer/trtc/publish-plan'
import { beautyOf, planCapture, volumeOf, type Machine } from '../../../renderer/trtc/scene-plan'
import { SpeakerChoice } from '../../../renderer/trtc/speaker-choice'
import { ShowStatistics } from '../../../renderer/trtc/stage-stats'
import { tileOf } from '../../../renderer/trtc/tile'

const picture = { visible: true, transform: FULL_FRAME, syncOffsetMs: 0 }
const camera = (id: string, deviceId: string | null = null, name = id): Source => ({ kind: 'camera', id, name, deviceId, beauty: NO_BEAUTY, ...picture })
const screen = (id: string, displayId: string | null = null): Source => ({ kind: 'screen', id, name: id, displayId, ...picture })
const microphone = (id: string, muted = false): Source => ({
  kind: 'microphone',
  id,
  name: id,
  deviceId: null,
  muted,
  echoCancellation: false,
  gainDb: 0,
  syncOffsetMs: 0,
})
const systemAudio: Source = { kind: 'system-audio', id: 'sys', name: 'sys', muted: false, gainDb: 0, syncOffsetMs: 0 }

const MACHINE: Machine = {
  cameras: [
    { id: 'c1', label: 'HD Pro Webcam C920' },
    { id: 'c2', label: 'Virtual' },
  ],
  microphones: [{ id: 'm1', label: 'Mic' }],
  screens: [
    { id: '1', label: 'Left', kind: 'screen', main: false },
    { id: '2', label: 'Right', kind: 'screen', main: true },
    { id: '77', label: 'Notes', kind: 'window', main: false },
  ],
  systemAudio: true,
}

describe('planCapture', () => {
  it.each([
    ['the SDK’s own id', camera('x', 'c2'), 'c2'],
    ['the default', camera('x', null), 'c1'],
    ['the name, without Chromium’s USB ids', camera('x', 'chromium-hash', 'HD Pro Webcam C920 (046d:082d)'), 'c1'],
    ['never just any other', camera('x', 'chromium-hash', 'Gone'), undefined],
  ])('finds a camera by %s', (_name, source, deviceId) => {
    const plan = planCapture({ sources: [source] }, MACHINE)
    expect(plan.camera?.deviceId).toBe(deviceId)
    expect(plan.errors.get('x')?.code).toBe(deviceId === undefined ? 'source.not-found' : undefined)
  })

  it('takes the only one there is, and the one it had before or none', () => {
    const one: Machine = { ...MACHINE, cameras: [{ id: 'c9', label: 'Only' }] }
    expect(planCapture({ sources: [camera('x', 'hash')] }, one).camera?.deviceId).toBe('c9')
    const bound = new Map([['x', { wanted: 'hash', id: 'c1' }]])
    const plan = planCapture({ sources: [camera('x', 'hash')] }, { ...one, bound })
    expect([plan.camera, plan.errors.get('x')?.code]).toEqual([null, 'source.lost'])
  })

  it('shares the screen that is meant: the primary one, or the one with that id; never another', () => {
    expect(planCapture({ sources: [screen('s')] }, MACHINE).screen?.screenId).toBe('2')
    expect(planCapture({ sources: [screen('s', '1')] }, MACHINE).screen?.screenId).toBe('1')
    expect(planCapture({ sources: [screen('s', '9')] }, MACHINE)).toMatchObject({ screen: null })
    const notes: Source = { kind: 'window', id: 'w', name: 'w', windowTitle: 'Other title', captureId: 'window:77:0', ...picture }
    expect(planCapture({ sources: [notes] }, MACHINE).screen?.screenId).toBe('77')
  })

  it('a hidden picture is not captured', () => {
    expect(planCapture({ sources: [{ ...camera('x'), visible: false } as Source] }, MACHINE)).toMatchObject({ camera: null, own: [] })
  })

  it('says of every source that it is carried, or why not', () => {
    const scene: Scene = { sources: [camera('a'), camera('b'), screen('s'), screen('t'), microphone('m'), microphone('n'), systemAudio] }
    const plan = planCapture(scene, { ...MACHINE, systemAudio: false })
    expect([...plan.errors].map(([id, { code }]) => `${id} ${code}`)).toEqual([
      'a trtc.source-unsupported',
      's trtc.source-unsupported',
      'n trtc.source-unsupported',
      'sys source.system-audio-unsupported',
    ])
    expect([plan.camera?.sourceId, plan.screen?.sourceId, plan.microphone?.sourceId]).toEqual(['b', 't', 'm'])
    expect(plan.own.map(({ stream }) => stream)).toEqual(['big', 'sub'])
  })

  it('the SDK’s one beauty is that of the topmost camera that is shown', () => {
    const beauty = (smooth: number): Beauty => ({ ...NO_BEAUTY, smooth })
    const with_ = (id: string, smooth: number, visible = true): Source => ({ ...camera(id), beauty: beauty(smooth), visible }) as Source
    expect(beautyOf({ sources: [with_('a', 1), with_('b', 2), screen('s'), with_('c', 3, false)] })).toEqual(beauty(2))
    expect(beautyOf({ sources: [screen('s')] })).toEqual(NO_BEAUTY)
  })

  it.each([
    [0, 100],
    [-6, 50],
    [-60, 0],
    [12, 100],
  ])('%i dB is volume %i', (gainDb, volume) => expect(volumeOf(gainDb)).toBe(volume))
})

describe('captureCalls', () => {
  const captured = fc
    .record({
      camera: fc.option(
        fc.record({
          sourceId: fc.constant('c'),
          deviceId: fc.constantFrom('c1', 'c2'),
          label: fc.constant(''),
          mirrored: fc.boolean(),
          upsideDown: fc.boolean(),
        }),
      ),
      screen: fc.option(
        fc.record({ sourceId: fc.constant('s'), screenId: fc.constantFrom('1', '2'), label: fc.constant(''), stream: fc.constantFrom(0 as const, 2 as const) }),
      ),
      microphone: fc.option(
        fc.record({
          sourceId: fc.constant('m'),
          deviceId: fc.constantFrom('m1', 'm2'),
          label: fc.constant(''),
          volume: fc.constantFrom(20, 100),
          muted: fc.boolean(),
        }),
      ),
      systemAudio: fc.option(fc.record({ sourceId: fc.constant('y'), volume: fc.constantFrom(20, 100) })),
      beauty: fc.record({
        style: fc.constantFrom('smooth' as const, 'nature' as const),
        smooth: fc.constantFrom(0, 5),
        whiten: fc.constantFrom(0, 9),
        ruddy: fc.constantFrom(0, 1),
      }),
      paused: fc.boolean(),
    })
    .map((one): Captured => one)
  const NOTHING = CAPTURED_NOTHING

  /** What the SDK holds after the calls, as far as it can be heard or seen. */
  function play(calls: readonly CaptureCall[], sdk: Record<string, unknown> = {}): Record<string, unknown> {
    for (const call of calls)
      switch (call.call) {
        case 'use-camera':
          sdk['camera device'] = call.deviceId
          break
        case 'open-camera':
        case 'close-camera':
          sdk['camera'] = call.call === 'open-camera'
          break
        case 'mirror-camera':
          sdk['mirrored'] = call.on
          break
        case 'turn-camera':
          sdk['turned'] = call.upsideDown
          break
        case 'beautify-camera':
          sdk['beauty'] = call.beauty
          break
        case 'aim-screen':
          sdk['screen target'] = call.screenId
          break
        case 'open-screen':
          sdk['screen'] = call.stream
          break
        case 'close-screen':
          sdk['screen'] = null
          break
        case 'use-microphone':
          sdk['microphone device'] = call.deviceId
          break
        case 'open-microphone':
        case 'close-microphone':
          sdk['microphone'] = call.call === 'open-microphone'
          break
        case 'microphone-volume':
          sdk['volume'] = call.volume
          break
        case 'mute-audio':
          sdk['muted'] = call.muted
          break
        case 'open-system-audio':
        case 'close-system-audio':
          sdk['system audio'] = call.call === 'open-system-audio'
          break
        case 'system-audio-volume':
          sdk['system volume'] = call.volume
          break
      }
    return sdk
  }
  /** Of what is open alone: what a closed device is set to does not matter. */
  function matters(sdk: Record<string, unknown>): unknown {
    return [
      sdk['camera'] === true && [sdk['camera device'], sdk['mirrored'] ?? false, sdk['turned'] ?? false, sdk['beauty'] ?? NO_BEAUTY],
      typeof sdk['screen'] === 'number' && [sdk['screen'], sdk['screen target']],
      sdk['microphone'] === true && [sdk['microphone device'], sdk['volume']],
      sdk['system audio'] === true && sdk['system volume'],
      (sdk['microphone'] === true || sdk['system audio'] === true) && (sdk['muted'] ?? false),
    ]
  }

  it('lead to the same from wherever they start', () => {
    fc.assert(
      fc.property(fc.array(captured, { minLength: 1, maxLength: 5 }), (states) => {
        const sdk: Record<string, unknown> = {}
        let before = NOTHING
        for (const after of states) {
          play(captureCalls(before, after), sdk)
          before = after
        }
        expect(matters(sdk)).toEqual(matters(play(captureCalls(NOTHING, before))))
        expect(captureCalls(before, before)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('the encoder', () => {
  it('takes the profile: landscape, one size, 60 % of the bitrate at least', () => {
    expect(encoderParams({ resolution: '1080p', fps: 60, bitrateKbps: 6_000 })).toEqual({
      videoResolution: 114,
      resMode: 0,
      videoFps: 60,
      videoBitrate: 6_000,
      minVideoBitrate: 3_600,
      enableAdjustRes: false,
    })
    expect(screenParams(DEFAULT_PROFILE)).toMatchObject({ videoResolution: 112, videoFps: 15, videoBitrate: 1_600 })
  })
})

describe('the mix', () => {
  const TARGET = {
    id: 't',
    ticket: { sdkAppId: 1, userId: 'me', userSig: '', roomId: 'r', privateMapKey: '', expiresAt: 0 },
    relays: [{ id: 'a', url: 'rtmp://a/b/c', internal: true }],
  }
  const table = (layout: SeatTableView['layout'], seats: readonly number[]): SeatTableView => ({
    rev: 1,
    layout,
    entries: seats.map((seat, index) => ({
      userId: `g${index}`,
      seat,
      ready: true,
      muted: false,
      volume: 1,
      spotlight: false,
      nick: '',
      avatar: '',
      level: 0,
    })),
  })
  const own = [{ stream: 'big' as const, transform: FULL_FRAME }]

  it('lies inside the picture, in even pixels, with an order each, whatever the seats and the scene', () => {
    const transform = fc.record({
      x: fc.double({ min: -4, max: 5, noNaN: true }),
      y: fc.double({ min: -4, max: 5, noNaN: true }),
      width: fc.double({ min: 0.01, max: 4, noNaN: true }),
      height: fc.double({ min: 0.01, max: 4, noNaN: true }),
      fit: fc.constantFrom('contain' as const, 'cover' as const, 'fill' as const),
    })
    fc.assert(
      fc.property(
        fc.constantFrom(...LAYOUTS),
        fc.array(fc.integer({ min: 0, max: 8 }), { maxLength: 8 }),
        fc.array(transform, { maxLength: 2 }),
        (layout, seats, transforms) => {
          const { config } = planPublish({
            target: TARGET,
            profile: DEFAULT_PROFILE,
            own: transforms.map((one, index) => ({ stream: index === 0 ? 'sub' : 'big', transform: one })),
            table: table(layout, seats),
            speaker: null,
          })
          for (const { rect } of config.videoLayoutList) {
            expect(rect.left >= 0 && rect.top >= 0 && rect.right <= 1_280 && rect.bottom <= 720 && rect.left < rect.right && rect.top < rect.bottom).toBe(true)
            expect([rect.left, rect.top, rect.right, rect.bottom].every((side) => side % 2 === 0)).toBe(true)
          }
          const orders = config.videoLayoutList.map(({ zOrder }) => zOrder)
          expect(new Set(orders).size).toBe(orders.length)
          expect(config.audioMixUserList.map(({ userId }) => userId)).toEqual([
            'me',
            ...seats
              .map((seat, index) => ({ seat, index }))
              .filter(({ seat }) => seat > 0)
              .sort((a, b) => a.seat - b.seat)
              .map(({ index }) => `g${index}`),
          ])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('has the anchor of a connected room in the seat that is his, as the user of the other TRTC room', () => {
    const seats = table('side-by-side', [2, 1])
    const linked = { ...seats, entries: seats.entries.map((one, index) => (index === 0 ? { ...one, trtc: { roomId: 'r2', userId: 'rival' } } : one)) }
    const { config } = planPublish({ target: TARGET, profile: DEFAULT_PROFILE, own, table: linked, speaker: null })
    expect(config.videoLayoutList.map(({ fixedVideoUser: { userId, strRoomId } }) => `${strRoomId}/${userId}`)).toEqual([
      `${TARGET.ticket.roomId}/me`,
      `${TARGET.ticket.roomId}/g1`,
      'r2/rival',
    ])
    expect(config.audioMixUserList.at(-1)).toEqual({ userId: 'rival', intRoomId: 0, strRoomId: 'r2' })
    const muted = { ...linked, entries: linked.entries.map((one) => ({ ...one, muted: true })) }
    expect(planPublish({ target: TARGET, profile: DEFAULT_PROFILE, own, table: muted, speaker: null }).config.audioMixUserList).toHaveLength(1)
    // In the greenroom he is no more on the air than anybody else.
    const waiting = { ...linked, entries: linked.entries.map((one) => ({ ...one, seat: 0 })) }
    expect(arrangeMix({ own, table: waiting, speaker: null }).map(({ from }) => from)).toEqual([{ stream: 'big' }])
  })

  it('who fills the picture lies below the anchor’s own in the corner', () => {
    const spotlit = table('picture-in-picture', [1])
    const placed = arrangeMix({ own, table: { ...spotlit, entries: spotlit.entries.map((one) => ({ ...one, spotlight: true })) }, speaker: null })
    expect(placed.map(({ from }) => ('stream' in from ? from.stream : from.userId))).toEqual(['g0', 'big'])
  })
})

describe('mixPictures', () => {
  const flat = (width: number, height: number, y: number): Picture => {
    const data = new Uint8Array((width * height * 3) / 2).fill(128)
    return { width, height, data: data.fill(y, 0, width * height) }
  }
  const luma = (data: Uint8Array, x: number, y: number): number | undefined => data[y * 64 + x]

  it('places, keeps proportions inside bars, and cuts where it covers', () => {
    const wide = { x: 0, y: 0, width: 1, height: 1 }
    const narrow = mixPictures([{ picture: flat(20, 40, 200), box: wide, fit: 'contain', mirrored: false }], 64, 36, new Uint8Array(3_456))
    expect([luma(narrow, 2, 18), luma(narrow, 32, 18), luma(narrow, 62, 18)]).toEqual([16, 200, 16])
    const covered = mixPictures([{ picture: flat(20, 40, 200), box: wide, fit: 'cover', mirrored: false }], 64, 36, new Uint8Array(3_456))
    expect(covered.subarray(0, 64 * 36).every((value) => value === 200)).toBe(true)
    const corner = mixPictures(
      [
        { picture: flat(64, 36, 50), box: wide, fit: 'contain', mirrored: false },
        { picture: flat(64, 36, 90), box: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 }, fit: 'contain', mirrored: false },
      ],
      64,
      36,
      new Uint8Array(3_456),
    )
    expect([luma(corner, 10, 10), luma(corner, 50, 30)]).toEqual([50, 90])
  })

  it('never writes outside, whatever the sizes', () => {
    const side = fc.integer({ min: 1, max: 40 }).map((half) => half * 2)
    fc.assert(
      fc.property(side, side, side, side, fc.constantFrom('contain' as const, 'cover' as const), fc.boolean(), (pw, ph, w, h, fit, mirrored) => {
        const target = new Uint8Array((w * h * 3) / 2 + 16).fill(7)
        mixPictures(
          [{ picture: flat(pw, ph, 100), box: { x: -0.3, y: 0.2, width: 0.9, height: 1.4 }, fit, mirrored }],
          w,
          h,
          target.subarray(0, (w * h * 3) / 2),
        )
        expect(target.subarray((w * h * 3) / 2).every((value) => value === 7)).toBe(true)
      }),
    )
  })

  it('a flat picture has no variance, and a tile has its colours', () => {
    expect(lumaVariance(flat(64, 32, 99))).toBe(0)
    expect([...tileOf(flat(64, 32, 235)).data.subarray(0, 4)]).toEqual([255, 255, 255, 255])
  })
})

describe('levels', () => {
  it.each([
    [0, -100],
    [1, -40],
    [50, -6],
    [100, 0],
  ])('volume %i is %i dBFS', (volume, peakDb) => expect(levelOf(volume).peakDb).toBe(peakDb))

  it('the program is what viewers hear: not the muted, not the greenroom, nothing while paused', () => {
    const input = {
      volumes: [
        { userId: '', volume: 100 },
        { userId: 'g', volume: 50 },
        { userId: 'green', volume: 90 },
      ],
      microphoneId: 'm',
      muted: true,
      paused: false,
      heard: new Set(['g']),
      seatOf: (userId: string) => (userId === 'g' ? 'c_1' : userId),
    }
    expect(levelsOf(input)).toMatchObject({ sources: { m: { peakDb: -100 }, 'co-anchor:c_1': { peakDb: -6 } }, program: { peakDb: -6 } })
    expect(levelsOf({ ...input, paused: true }).program.peakDb).toBe(-100)
  })
})

it('the speaker changes when somebody speaks for a while, and is held', () => {
  const choice = new SpeakerChoice()
  const seated = new Set(['g', 'h'])
  const say = (userId: string, nowMs: number): boolean => choice.heard([{ userId, volume: 60 }], seated, nowMs)
  expect([say('g', 0), say('g', 500), say('g', 900), choice.speaker]).toEqual([false, false, true, 'g'])
  expect([say('h', 1_000), say('h', 2_000), choice.speaker]).toEqual([false, false, 'g'])
  expect([say('h', 3_500), choice.speaker]).toEqual([true, 'h'])
  expect([say('stranger', 9_000), choice.speaker]).toEqual([false, 'h'])
})

describe('the frame rate told', () => {
  const statistics = (frameRate: number): Parameters<ShowStatistics['take']>[0] =>
    ({ rtt: 10, sentBytes: 0, localStatisticsArray: [{ streamType: 0, frameRate, videoBitrate: 100, audioBitrate: 1 }] }) as unknown as Parameters<
      ShowStatistics['take']
    >[0]
  const moment = { live: true, profileFps: 30, steady: true, shownFps: 12, audioPeakDb: null }

  it.each([
    ['a camera that falls behind', 15, moment, { fps: 15, targetFps: 30 }],
    ['a screen on which little changes', 3, { ...moment, steady: false }, { fps: 3, targetFps: 3 }],
    ['not live: what is shown', 30, { ...moment, live: false }, { fps: 12, targetFps: 12 }],
  ])('%s', (_name, frameRate, now, told) => {
    const shown = new ShowStatistics()
    shown.take(statistics(frameRate), 1_000, 0)
    expect(shown.stage(now)).toMatchObject(told)
  })

  it('before the first numbers of a room nothing is behind', () => {
    expect(new ShowStatistics().stage(moment)).toMatchObject({ fps: 12, targetFps: 12 })
  })
})

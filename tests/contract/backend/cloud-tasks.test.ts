import { createHash } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CloudTasks, PushUrl } from '../../../electron/shared/cloud'
import { SkippingTime } from '../../fakes/skipping-time'
import { TrtcCloud } from '../../fakes/trtc-cloud'
import { until } from '../../support/until'
import type { ApiClient } from './support/api-client'
import { APP, CloudBackend, ROOM } from './support/cloud-backend'

const DEADLINE_MS = 20_000
const KEYS = { secretId: 'AKIDexampleexample', secretKey: 'the-secret-key-of-the-account', region: 'ap-guangzhou' }
const CSS = { pushDomain: 'push.example.com', playDomain: 'play.example.com', key: 'e12c46f2612d5106e2034781ab261ca3' }
const RECORDING = `/api/rooms/${ROOM}/cloud-recording`
const RELAY = `/api/rooms/${ROOM}/cloud-relay`

let cloud: TrtcCloud
let backend: CloudBackend
let anchor: ApiClient
const start = async (config: object = { css: CSS, cloudKeys: { ...KEYS, endpoint: cloud.base } }): Promise<CloudBackend> => CloudBackend.start({ config })

beforeAll(async () => {
  cloud = new TrtcCloud({ ...KEYS, sdkAppId: APP.sdkAppId, key: APP.key })
  await cloud.listen()
})
beforeEach(async () => {
  backend = await start()
  anchor = await backend.anchor()
})
afterEach(async () => {
  cloud.intercept = () => null
  cloud.tasks.length = 0
  cloud.actions.length = 0
  await backend.close()
})
afterAll(() => cloud.close())

describe('a cloud recording', () => {
  it('is started and ended by the crew, once at a time', async () => {
    const { recording } = await anchor.ok<CloudTasks>('POST', RECORDING, {})
    expect(recording).toMatchObject({ by: 'anchor' })
    expect(cloud.running).toMatchObject([{ action: 'CreateCloudRecording', body: { RoomId: ROOM, SdkAppId: APP.sdkAppId } }])
    expect(await anchor.refused('POST', RECORDING, {})).toBe('cloud.task-running')
    expect(await anchor.ok('DELETE', RECORDING)).toEqual({ recording: null, relay: null })
    expect(cloud.running).toEqual([])
    expect(await anchor.refused('DELETE', RECORDING)).toBe('cloud.no-task')
    await anchor.ok('POST', RECORDING, {})
  })

  it('does not outlive a show that ends before the cloud has answered', async () => {
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'live' })
    let answer = (): void => undefined
    const held = new Promise<null>((resolve) => (answer = () => resolve(null)))
    cloud.intercept = () => held
    const asked = anchor.ask('POST', RECORDING, {})
    await until(() => cloud.actions.length > 0 || null, DEADLINE_MS, 'the question')
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'over' })
    answer()
    expect((await asked).status).toBe(200)
    await until(() => cloud.actions.includes('DeleteCloudRecording') || null, DEADLINE_MS, 'the recording to be ended')
    expect(cloud.running).toEqual([])
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/cloud-tasks`)).toEqual({ recording: null, relay: null })
  })

  it('nor one that ends in the very moment in which it answers', async () => {
    for (let round = 0; round < 5; round += 1) {
      await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'live' })
      let answer = (): void => undefined
      const held = new Promise<null>((resolve) => (answer = () => resolve(null)))
      cloud.intercept = (action) => (action === 'CreateCloudRecording' ? held : null)
      const before = cloud.actions.length
      const asked = anchor.ask('POST', RECORDING, {})
      await until(() => cloud.actions.length > before || null, DEADLINE_MS, 'the question')
      const over = anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'over' })
      setTimeout(answer, round)
      await Promise.all([over, asked])
      await until(() => cloud.running.length === 0 || null, DEADLINE_MS, `the recording to be ended in round ${round}`)
      await until(async () => ((await anchor.ok<CloudTasks>('GET', `/api/rooms/${ROOM}/cloud-tasks`)).recording === null ? true : null), DEADLINE_MS, 'the end')
    }
  })

  it('outlives the server, and ends with the show', async () => {
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'live' })
    await anchor.ok('POST', RECORDING, {})
    await backend.shut()
    await backend.open()
    anchor = await backend.anchor()
    expect((await anchor.ok<CloudTasks>('GET', `/api/rooms/${ROOM}/cloud-tasks`)).recording).not.toBeNull()
    // The cloud is away when the show ends: the server ends it later, here after its next start.
    cloud.intercept = () => 'hang-up'
    await anchor.ok('PUT', `/api/rooms/${ROOM}/show`, { state: 'over' })
    await until(() => cloud.actions.filter((action) => action === 'DeleteCloudRecording').length > 3 || null, DEADLINE_MS, 'attempts')
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/cloud-tasks`)).toEqual({ recording: null, relay: null })
    expect(cloud.running).toHaveLength(1)
    await backend.shut()
    cloud.intercept = () => null
    await backend.open()
    await until(() => cloud.running.length === 0 || null, DEADLINE_MS, 'end')
  })

  it('whose start was cut off by a restart can be asked for again after a minute', async () => {
    await backend.close()
    const time = new SkippingTime()
    backend = await CloudBackend.start({ config: { css: CSS, cloudKeys: { ...KEYS, endpoint: cloud.base } }, more: { clock: time, timers: time } })
    const cut = { taskId: '', sinceSec: Math.floor(time.nowMs() / 1_000) - 5, by: 'anchor', userId: '', expiresAtSec: 0, sequence: 0, ending: false }
    await backend.database
      .insertInto('backend_setting')
      .values({ name: `cloud-task recording ${ROOM}`, value: JSON.stringify(cut) })
      .execute()
    await backend.shut()
    await backend.open()
    anchor = await backend.anchor()
    // Its answer may be on the way yet.
    expect(await anchor.refused('POST', RECORDING, {})).toBe('cloud.task-running')
    time.skip(60_000)
    await until(
      async () => (await anchor.ok<CloudTasks>('GET', `/api/rooms/${ROOM}/cloud-tasks`)).recording === null || null,
      DEADLINE_MS,
      'the lost one to be forgotten',
    )
    await anchor.ok('POST', RECORDING, {})
    expect(cloud.running).toHaveLength(1)
  })

  it('that the cloud has ended by itself is ended', async () => {
    await anchor.ok('POST', RECORDING, {})
    for (const task of cloud.tasks) task.running = false
    expect(await anchor.ok('DELETE', RECORDING)).toEqual({ recording: null, relay: null })
  })

  it('is asked for again where the cloud is too busy, and not where nobody knows whether it began', async () => {
    let busy = 2
    cloud.intercept = () => (busy-- > 0 ? { status: busy === 0 ? 429 : 200, code: 'RequestLimitExceeded' } : null)
    await anchor.ok('POST', RECORDING, {})
    expect(cloud.actions).toHaveLength(3)
    await anchor.ok('DELETE', RECORDING)
    cloud.actions.length = 0
    cloud.intercept = () => 'hang-up'
    expect(await anchor.refused('POST', RECORDING, {})).toBe('cloud.unavailable')
    expect(cloud.actions).toHaveLength(1)
  })

  it.each([
    ['AuthFailure.SignatureExpire', 'cloud.clock'],
    ['AuthFailure.SecretIdNotFound', 'cloud.keys-wrong'],
    ['AuthFailure.UnauthorizedOperation', 'cloud.not-allowed'],
    ['UnauthorizedOperation.SdkAppId', 'cloud.not-allowed'],
    ['FailedOperation.CRUnsupportMethod', 'cloud.refused'],
    ['InvalidParameter.RoomId', 'cloud.refused'],
  ])('that the cloud refuses with %s says why, and is none', async (code, expected) => {
    cloud.intercept = () => ({ status: 200, code })
    expect(await anchor.refused('POST', RECORDING, {})).toBe(expected)
    expect(await anchor.ok('GET', `/api/rooms/${ROOM}/cloud-tasks`)).toEqual({ recording: null, relay: null })
  })

  it('needs keys, and keys that are right', async () => {
    await backend.close()
    backend = await start({ cloudKeys: { ...KEYS, secretKey: 'another', endpoint: cloud.base } })
    expect(await (await backend.anchor()).refused('POST', RECORDING, {})).toBe('cloud.keys-wrong')
    await backend.close()
    backend = await start({})
    anchor = await backend.anchor()
    expect(await anchor.refused('POST', RECORDING, {})).toBe('cloud.not-set-up')
    expect(await anchor.refused('POST', RELAY, { userId: 'ada' })).toBe('css.not-set-up')
    expect(await anchor.refused('POST', `/api/rooms/${ROOM}/push-url`, {})).toBe('css.not-set-up')
  })
})

describe('a relay for an anchor who pushes RTMP into the room', () => {
  it('goes to the room’s stream at CSS, and changes to another user without another address', async () => {
    expect((await anchor.ok<CloudTasks>('POST', RELAY, { userId: 'ada' })).relay).not.toBeNull()
    const urls = (): unknown => cloud.running.map(({ body }) => body['PublishCdnParams'])
    const before = urls()
    expect(JSON.stringify(before)).toMatch(/rtmp:\/\/push\.example\.com\/live\/program\?txSecret=[0-9a-f]{32}&txTime=[0-9A-F]+/)
    await anchor.ok('POST', RELAY, { userId: 'grace' })
    expect(cloud.running).toMatchObject([{ body: { SequenceNumber: 1, SingleSubscribeParams: { UserMediaStream: { UserInfo: { UserId: 'grace' } } } } }])
    expect(urls()).toEqual(before)
    await anchor.ok('DELETE', RELAY)
    expect(cloud.running).toEqual([])
  })
})

describe('a push URL', () => {
  it('is signed for the room’s stream, and the anchor’s alone', async () => {
    const { push, play, expiresAt } = await anchor.ok<PushUrl>('POST', `/api/rooms/${ROOM}/push-url`, {})
    const txTime = expiresAt.toString(16).toUpperCase()
    const txSecret = createHash('md5').update(`${CSS.key}${ROOM}${txTime}`).digest('hex')
    expect(push).toBe(`rtmp://push.example.com/live/${ROOM}?txSecret=${txSecret}&txTime=${txTime}`)
    expect(play).toMatchObject({ flv: `https://play.example.com/live/${ROOM}.flv`, webrtc: `webrtc://play.example.com/live/${ROOM}` })
    expect(await (await backend.guest('Bo')).refused('POST', `/api/rooms/${ROOM}/push-url`, {})).toBe('auth.forbidden')
  })
})

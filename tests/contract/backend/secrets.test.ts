import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CloudDesk } from '../../../electron/main/cloud-desk'
import { collectDiagnostics } from '../../../electron/main/diagnostics'
import { fatalHandler } from '../../../electron/main/fatal'
import { LineLimiter } from '../../../electron/main/line-limiter'
import { openLog } from '../../../electron/main/log'
import { SecretStore, type Cipher } from '../../../electron/main/secret-store'
import { SettingsStore } from '../../../electron/main/settings-store'
import { SnapshotStore } from '../../../electron/main/snapshot-store'
import { StateFile } from '../../../electron/main/state-file'
import type { RoomDatabase } from '../../../electron/room-server/store/schema'
import { Metrics } from '../../../electron/room-server/team/metrics'
import { CLOUD_REST, type PushUrl } from '../../../electron/shared/cloud'
import type { Invite } from '../../../electron/shared/crew-api'
import { AnchorError } from '../../../electron/shared/errors'
import type { RoomSession } from '../../../electron/shared/room-api'
import type { TrtcTicket } from '../../../electron/shared/trtc'
import { TrtcCloud } from '../../fakes/trtc-cloud'
import { snapshotWith } from '../../unit/renderer/studio/snapshot'
import { ApiClient } from './support/api-client'
import { APP, CloudBackend, ROOM } from './support/cloud-backend'

/**
 * Secrets are planted where they belong, the real parts of app and room server go through a show in the cloud with everything failing that can, and
 * every output is searched. Each secret may be in the answer to the one who owns it, and nowhere else.
 */
const TEAM = 'friday'
const KEYS = { secretId: 'AKIDplantedplanted', secretKey: 'planted-secret-key-of-the-account', region: 'ap-guangzhou' }
const CSS = { pushDomain: 'push.example.com', playDomain: 'play.example.com', key: 'planted-key-of-the-push-domain' }
const OWN_KEY = 'planted-key-of-the-own-app-0123456789'

/** A key store that is none of a system, but hides as one does. */
const cipher: Cipher = {
  isAvailable: () => true,
  encrypt: (text) => Buffer.from(Buffer.from(text).map((byte) => byte ^ 0x5a)),
  decrypt: (bytes) => Buffer.from(bytes.map((byte) => byte ^ 0x5a)).toString('utf8'),
}

const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-secrets-'))
const cloud = new TrtcCloud({ ...KEYS, sdkAppId: APP.sdkAppId, key: APP.key })
const outputs: Record<string, string> = {}
const planted: Record<string, string> = {}
let backend: CloudBackend
/** What a team's server answers at /metrics. */
const metrics = new Metrics({ epoch: () => 1, untold: () => backend.backend.untold, databaseWaiting: () => 0, databaseAnswers: () => true })

beforeAll(async () => {
  await cloud.listen()
  backend = await CloudBackend.start({ store: 'sqlite', config: { css: CSS, cloudKeys: { ...KEYS, endpoint: cloud.base } }, more: { observer: metrics } })
  await goThroughAShow()
})
afterAll(async () => {
  await backend.close()
  await cloud.close()
  rmSync(dataDir, { recursive: true, force: true })
})

it('are in no log, file, message or answer that they do not belong to', () => {
  expect(Object.keys(outputs).length).toBeGreaterThan(20)
  for (const [name, secret] of Object.entries(planted)) {
    expect(secret.length, name).toBeGreaterThan(12)
    for (const [where, text] of Object.entries(outputs)) expect(text.includes(secret), `${name} in ${where}`).toBe(false)
  }
})

it('are looked for where something was written at all', () => {
  for (const where of [
    'log/anchordesk.log',
    'room server’s log',
    'metrics',
    'patches',
    'settings.json',
    'state.json',
    'diagnostics/state.json',
    'messages in the room',
    'refusals',
  ])
    expect(outputs[where]?.length ?? 0, where).toBeGreaterThan(20)
  expect(outputs['metrics']).toMatch(/anchordesk_callbacks_total\{command="other",outcome="taken"\} 3/)
})

async function goThroughAShow(): Promise<void> {
  const admin = await backend.anchor()
  const invite = await admin.ok<Invite>('POST', '/api/anchor-links', { roomId: TEAM })
  const patches: string[] = []
  const { log, file: logFile } = openLog(dataDir)
  const lines = new LineLimiter((level, message) => log[level](message))
  const settings = new SettingsStore({ folder: dataDir, onProblem: (error) => log.warn({ error }, 'problem') })
  const secrets = new SecretStore({ folder: dataDir, cipher, onProblem: (error) => log.warn({ error }, 'problem') })
  const stateFile = new StateFile(dataDir, (error) => log.warn({ err: error }, 'problem'))
  const store = new SnapshotStore(snapshotWith(), (patch) => void patches.push(JSON.stringify(patch)))
  const desk: CloudDesk = new CloudDesk({
    settings: () => settings.current.cloud,
    save: (change) => {
      settings.update({ cloud: change })
      settings.flush()
      store.set({ settings: settings.current })
    },
    secrets,
    nick: () => 'Ada',
    isBusy: () => false,
    place: () => desk.team?.session.place ?? null,
    session: () => desk.team?.session.session('Ada') ?? Promise.reject(new AnchorError('room.unavailable')),
    show: (view) => store.set({ cloud: view, roomPlace: desk.team?.session.place ?? null }),
    onMoved: () => undefined,
    onTeamReady: () => undefined,
    onTicket: () => undefined,
    log: (level, message) => lines.line(level, message),
  })

  // The anchor's own part: each of these is for main, or for the studio's page that asked for it.
  await desk.signIn(`${backend.base}${invite.path}`)
  const ticket: TrtcTicket = await desk.trtcTicket()
  const session: RoomSession = (await desk.team?.session.session('Ada')) ?? fail()
  const anchor = new ApiClient(backend.base, session)
  const { push } = await anchor.ok<PushUrl>('POST', `/api/rooms/${TEAM}/push-url`, {})
  Object.assign(planted, {
    'app key': APP.key,
    'own app’s key': OWN_KEY,
    'cloud SecretKey': KEYS.secretKey,
    'CSS key': CSS.key,
    'callback token': APP.token,
    invitation: invite.token,
    'session token': session.token,
    UserSig: session.userSig,
    'ticket’s UserSig': ticket.userSig,
    privateMapKey: ticket.privateMapKey,
    'push URL': push,
    'push signature': /txSecret=(\w+)/.exec(push)?.[1] ?? '',
  })

  // What goes wrong, with the secrets in the middle of it.
  const refusals: unknown[] = []
  const refused = async (work: Promise<unknown>): Promise<void> => {
    try {
      refusals.push(await work)
    } catch (error) {
      log.warn({ err: error }, 'as planned')
      refusals.push(error instanceof AnchorError ? error.toInfo() : String(error))
    }
  }
  await anchor.ok('POST', `/api/rooms/${TEAM}/cloud-relay`, { userId: session.userId })
  cloud.intercept = () => ({ status: 200, code: 'AuthFailure.SignatureFailure' })
  await refused(anchor.ask('POST', `/api/rooms/${TEAM}/cloud-recording`, {}))
  await refused(anchor.ask('DELETE', `/api/rooms/${TEAM}/cloud-relay`))
  cloud.intercept = () => 'hang-up'
  await refused(anchor.ask('POST', `/api/rooms/${TEAM}/cloud-recording`, {}))
  backend.cloud.intercept = () => 'hang-up'
  await refused(backend.nobody().ask('POST', `/api/rooms/${TEAM}/sessions`, { nick: 'Cy' }))
  backend.cloud.intercept = () => null
  await refused(anchor.ask('POST', `/api/rooms/${TEAM}/notice`, { text: session.token }))
  await refused(desk.signIn(`http://127.0.0.1:1/anchor/?room=x#invite=${invite.token}`))
  await refused(desk.signIn(`${backend.base}/anchor/?room=${ROOM}#invite=${invite.token}`))
  await refused(desk.signIn(`http://rooms.example.com/anchor/?room=x#invite=${invite.token}`))
  // Where labels could be made of what a request says.
  for (const secret of [session.token, session.userSig, invite.token]) {
    await refused(anchor.ask('GET', `/api/rooms/${secret}/${secret}`))
    await backend.cloud.callback(`Group.${secret}`, {})
  }
  const fatal = fatalHandler({
    log,
    flush: () => logFile.flushNow(),
    onProblem: (error) => store.set({ notices: [{ id: 1, atMs: 0, count: 1, error }] }),
    exit: () => undefined,
  })
  // A crash note: whatever was at hand when it happened.
  for (const text of [
    push,
    session.userSig,
    ticket.privateMapKey,
    `Bearer ${session.token}`,
    session.token,
    `#invite=${invite.token}`,
    JSON.stringify({ secretKey: OWN_KEY }),
  ])
    fatal(new Error(`it broke at ${text}`))
  lines.line('warn', `publisher: ${push} was refused`)
  store.set({ notices: [] })

  // What others are told meanwhile.
  const guest = await backend.guest('Bo', TEAM)
  const producer = await producerOf(anchor)
  for (const [who, client] of Object.entries({ guest, producer, nobody: backend.nobody() }))
    for (const path of [
      '/api/rooms',
      `/api/rooms/${TEAM}/snapshot`,
      `/api/rooms/${TEAM}/seats`,
      `/api/rooms/${TEAM}/cloud-tasks`,
      `/api/rooms/${TEAM}/audit`,
      '/api/health',
      '/openapi.json',
    ])
      outputs[`${who} ${path}`] = JSON.stringify((await client.ask('GET', path)).body)
  for (const client of [guest, producer])
    for (const path of ['trtc-ticket', 'push-url', 'cloud-recording']) refusals.push((await client.ask('POST', `/api/rooms/${TEAM}/${path}`, {})).body)

  // The app's files, its window's messages and what it exports, in both states.
  stateFile.write('live', 'Friday night', Date.now())
  const inFiles = async (): Promise<void> => {
    store.snapshot()
    logFile.flushNow()
    await logFile.close()
    collect(dataDir, '')
    const zip = unzipSync(await collectDiagnostics({ dataDir, snapshot: store.snapshot(), versions: process.versions }))
    for (const [name, bytes] of Object.entries(zip)) add(`diagnostics/${name}`, strFromU8(bytes))
  }
  await inFiles()
  desk.useOwnApp({ kind: 'own-app', sdkAppId: APP.sdkAppId, restBase: CLOUD_REST }, OWN_KEY)
  await inFiles()
  desk.close()
  store.close()
  add('patches', patches.join('\n'))
  add('refusals', JSON.stringify(refusals))
  add('room server’s log', backend.log.join('\n'))
  add('metrics', await metrics.text())
  add('messages in the room', JSON.stringify(backend.cloud.messages) + JSON.stringify([...backend.cloud.group(TEAM).attributes]))
  const { database } = backend
  for (const { name } of await database.introspection.getTables())
    add(
      `room server’s table ${name}`,
      JSON.stringify(
        await database
          .selectFrom(database.dynamic.table(name as keyof RoomDatabase).as('all'))
          .selectAll()
          .execute(),
      ),
    )
}

async function producerOf(anchor: ApiClient): Promise<ApiClient> {
  const { token } = await anchor.ok<Invite>('POST', `/api/rooms/${TEAM}/invites`, { role: 'producer' })
  return new ApiClient(backend.base, await backend.nobody().ok<RoomSession>('POST', `/api/rooms/${TEAM}/sessions`, { nick: 'Pat', invite: token }))
}

function add(where: string, text: string): void {
  outputs[where] = `${outputs[where] ?? ''}${text}\n`
}

/** Every file of the app's folder. The key store's is there, too: encrypted. */
function collect(folder: string, under: string): void {
  for (const name of readdirSync(join(folder, under))) {
    const file = join(under, name)
    if (statSync(join(folder, file)).isDirectory()) collect(folder, file)
    else add(file.replace(/^logs/, 'log'), readFileSync(join(folder, file), 'latin1'))
  }
}

function fail(): never {
  throw new Error('there is no session')
}

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Invite } from '../../electron/shared/crew-api'
import type { RoomSession } from '../../electron/shared/room-api'
import { ApiClient } from '../contract/backend/support/api-client'
import { RoomServerProcess, SECRET_KEY } from '../contract/im/support/room-server-process'
import { WireClient } from '../contract/im/support/wire-client'
import { until } from '../support/until'
import { launch, sessionBecomes, stateOf, testCardScene, type RunningApp } from './support/app'
import { violations } from './support/axe'

const DEADLINE_MS = 20_000
const ROOM = 'friday'
const CSS_KEY = 'planted-key-of-the-push-domain'
const SHOTS = process.env['ROOM_SHOTS'] ?? ''
const secrets = mkdtempSync(join(tmpdir(), 'anchordesk-keys-'))
let server: RoomServerProcess
let admin: ApiClient
let app: RunningApp
let line: WireClient | null = null
beforeEach(async () => {
  if (SHOTS !== '') mkdirSync(SHOTS, { recursive: true })
  writeFileSync(join(secrets, 'css.txt'), CSS_KEY)
  server = await RoomServerProcess.start({ args: ['--css-push-domain', 'push.example.com', '--css-key-file', join(secrets, 'css.txt')] })
  admin = new ApiClient(server.http, { token: server.anchorToken } as RoomSession)
  app = await launch({ settings: { language: 'en', theme: 'dark', anchorName: 'Ada', scene: testCardScene() } })
})
afterEach(async () => {
  line?.close()
  line = null
  await app.close()
  await server.close()
  rmSync(secrets, { recursive: true, force: true })
})

it('an anchor signs in to the team’s server by its link, and the show is in the team’s room', async () => {
  const { path, token: invite } = await admin.ok<Invite>('POST', '/api/anchor-links', { roomId: ROOM, title: 'Friday night' })
  const { studio } = app
  await studio.getByTestId('settings').click()
  await studio.getByTestId('cloud-link').fill(`${server.http}${path}`)
  if (SHOTS !== '') await studio.getByTestId('cloud').screenshot({ path: join(SHOTS, 'cloud-link.png') })
  expect(await violations(studio)).toEqual([])
  // The page is loaded anew: it may reach the team's server then, and is in its room.
  const loaded = studio.waitForEvent('load')
  await studio.getByTestId('cloud-submit').press('Enter')
  await loaded
  await until(async () => ((await stateOf(studio)).cloud.state === 'ready' ? true : null), DEADLINE_MS, 'the sign-in')
  expect((await stateOf(studio)).roomPlace).toMatchObject({ http: server.http, roomId: ROOM, local: false })
  await studio.locator('[data-testid="chat-heart"].good').waitFor({ timeout: DEADLINE_MS })

  const viewer = await new ApiClient(server.http).guest(ROOM, 'Bo')
  line = new WireClient(viewer.userId, viewer.session?.sdkAppId)
  await line.connect(viewer.session?.wire ?? '')
  await line.login(viewer.session?.userSig ?? '')
  await line.join(ROOM)
  await line.send(ROOM, 'hello from the team’s room')
  await studio.getByTestId('chat-log').getByText('hello from the team’s room').waitFor()

  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /^(live|degraded)$/)
  const status = async (wanted: string): Promise<true | null> => ((await viewer.snapshot(ROOM)).room.status === wanted ? true : null)
  await until(() => status('live'), DEADLINE_MS, 'the team’s room to be live')
  expect(await studio.evaluate(() => window.anchor.call('cloud.signOut'))).toMatchObject({ ok: false, error: { code: 'cloud.on-air' } })
  await studio.evaluate(() => window.anchor.call('session.end'))
  await sessionBecomes(studio, /^ended$/)
  await until(() => status('ended'), DEADLINE_MS, 'the team’s room to be over')

  // Nothing of the team's is anywhere but where it belongs.
  const { token, userSig } = await sessionOf()
  const { push } = await new ApiClient(server.http, { token } as RoomSession).ok<{ push: string }>('POST', `/api/rooms/${ROOM}/push-url`, {})
  const planted = { invite, token, userSig, push, key: SECRET_KEY, cssKey: CSS_KEY }
  const outputs = {
    log: server.log,
    stdout: app.stdout(),
    snapshot: JSON.stringify(await stateOf(studio)),
    viewer: JSON.stringify(await viewer.snapshot(ROOM)),
    ...filesOf(app.dataDir),
  }
  for (const [name, secret] of Object.entries(planted))
    for (const [where, text] of Object.entries(outputs)) expect(text.includes(secret), `${name} in ${where}`).toBe(false)

  await studio.getByTestId('settings').click()
  await studio.getByTestId('cloud').scrollIntoViewIfNeeded()
  if (SHOTS !== '') await studio.screenshot({ path: join(SHOTS, 'cloud-ready.png') })
  const back = studio.waitForEvent('load')
  await studio.getByTestId('cloud-sign-out').click()
  await back
  await until(async () => ((await stateOf(app.studio)).roomPlace?.local === true ? true : null), DEADLINE_MS, 'the room of this machine')
})

async function sessionOf(): Promise<RoomSession> {
  const result = await app.studio.evaluate(() => window.anchor.call('room.session'))
  if (!result.ok) throw new Error(result.error.code)
  return result.value
}

/** All that the app wrote, by name. */
function filesOf(folder: string, under = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of readdirSync(join(folder, under))) {
    const file = join(under, name)
    const stat = statSync(join(folder, file), { throwIfNoEntry: false })
    if (stat?.isDirectory() === true) Object.assign(found, filesOf(folder, file))
    else if (stat?.isFile() === true && stat.size < 16 * 1_024 * 1_024) found[file] = readFileSync(join(folder, file), 'latin1')
  }
  return found
}

import { afterAll, beforeAll, it } from 'vitest'
import { PROGRAM_ROOM } from '../../electron/shared/room-server'
import { sessionBecomes, type RunningApp } from '../e2e/support/app'
import { destinationBecomes, launchWithTrtc, openTrtcHouse, type TrtcHouse } from '../e2e/support/trtc'
import { Album } from './album'

/** A show by TRTC over the native double. */
const album = new Album('trtc')
let house: TrtcHouse
let app: RunningApp

beforeAll(async () => {
  house = await openTrtcHouse()
  app = await launchWithTrtc(house, { title: 'Friday night songs', window: { x: 0, y: 0, width: 1_440, height: 900, maximized: false } })
})
afterAll(async () => {
  album.close()
  await app.close()
  await house.close()
})

it('the states of a show by TRTC', async () => {
  const { studio } = app
  const room = `/api/rooms/${PROGRAM_ROOM}`
  await studio.getByTestId('tab-stream').click()
  await studio.locator('[data-destination="room"]').getByRole('button').last().click()
  await studio.locator('dialog[open]').waitFor()
  await album.inEachLook(studio, '01-destination')
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  await studio.getByTestId('settings').click()
  await studio.locator('dialog[open]').waitFor()
  await album.inEachLook(studio, '02-settings')
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  await studio.getByTestId('add-destination').click()
  await studio.locator('dialog[open]').waitFor()
  await studio.getByTestId('kind-cloud').check()
  await album.inEachLook(studio, '02b-address-of-the-room')
  await studio.keyboard.press('Escape')
  await studio.locator('dialog[open]').waitFor({ state: 'detached' })
  await studio.getByTestId('add-source').click()
  await studio.getByTestId('add-camera').click()
  await studio.locator('[data-source] .name').first().dblclick()
  await studio.getByTestId('beauty-smooth').waitFor()
  await album.inEachLook(studio, '02c-camera')
  await studio.keyboard.press('Escape')
  await studio.evaluate(() => window.anchor.call('session.goLive', { anyway: true }))
  await sessionBecomes(studio, /live/)
  await destinationBecomes(app, 'cdn', 'publishing')
  const bo = await house.coAnchor('Bo')
  house.sdk.order({ do: 'remote-enters', userId: bo.userId, video: true, audio: true })
  await bo.ok('PUT', `${room}/seats/me`, { ready: true })
  await house.anchor.ok('PATCH', `${room}/seats/${bo.userId}`, { seat: 1 })
  await studio.getByText('Bo').first().waitFor()
  await album.inEachLook(studio, '03-live')
  house.sdk.order({ do: 'connection-lost' })
  await studio.getByTestId('failover').waitFor()
  await album.inEachLook(studio, '04-trouble')
  await studio.getByTestId('fail-over').click()
  await destinationBecomes(app, 'local', 'publishing')
  await album.inEachLook(studio, '05-by-rtmp')
})

import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChatClient } from './support/chat-client'
import { pageHost, routeAgent } from './support/page-host'
import { roomCases, type Stage } from './support/room-cases'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

let browser: Browser
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
})
afterAll(async () => {
  await browser.close()
})

describe.each<DeliveryMode>(['poll', 'push'])('the real SDK in Chromium, %s', (delivery) => {
  const stage = {} as Stage
  /** Each client is a page of its own context, as on a machine of its own. */
  const openPage = async (): Promise<Page> => {
    const page = await browser.newPage()
    await routeAgent(page, stage.server.http)
    return page
  }
  beforeAll(async () => {
    stage.server = await RoomServerProcess.start({ delivery })
    stage.openHost = pageHost(openPage, stage.server.http)
  })
  afterAll(async () => {
    await stage.server.close()
  })
  roomCases(stage)

  it('speaks to nobody but the server', async () => {
    const asked: string[] = []
    const watched = async (): Promise<Page> => {
      const page = await openPage()
      page.on('request', (request) => asked.push(new URL(request.url()).origin))
      return page
    }
    const client = await ChatClient.open(stage.server.wire, pageHost(watched, stage.server.http))
    await client.login('nosy', stage.server.userSig('nosy'))
    await client.close()
    expect(new Set(asked)).toEqual(new Set([stage.server.http]))
  })
})

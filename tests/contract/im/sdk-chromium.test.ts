import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ChatClient } from './support/chat-client'
import { AgentSite, pageHost } from './support/page-host'
import { roomCases, type Stage } from './support/room-cases'
import { RoomServerProcess, type DeliveryMode } from './support/room-server-process'

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

const site = new AgentSite()
let browser: Browser
beforeAll(async () => {
  await site.listen()
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
})
afterAll(async () => {
  await browser.close()
  await site.close()
})

describe.each<DeliveryMode>(['poll', 'push'])('the real SDK in Chromium, %s', (delivery) => {
  const stage = {} as Stage
  /** Each client is a page of its own context, as on a machine of its own. */
  const openPage = (): Promise<Page> => browser.newPage()
  beforeAll(async () => {
    stage.server = await RoomServerProcess.start({ delivery, args: ['--allow-origin', site.origin] })
    stage.openHost = pageHost(openPage, site.origin)
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
    const client = await ChatClient.open(stage.server.wire, pageHost(watched, site.origin))
    await client.login('nosy', stage.server.userSig('nosy'))
    await client.close()
    expect(new Set(asked)).toEqual(new Set([site.origin]))
  })
})

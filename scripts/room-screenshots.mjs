// Takes the pictures of the room for the documents: a show with a few people in it, on the built server and pages.
// node scripts/room-screenshots.mjs [folder], after a build.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { chromium } from 'playwright-core'

const OUT = resolve(process.argv[2] ?? 'docs/images')
const DESKTOP = { width: 1_280, height: 720 }
const PHONE = { width: 390, height: 844 }
const SHOTS = [
  { name: 'room-dark', colorScheme: 'dark', locale: 'en', viewport: DESKTOP, nick: 'Bo', says: 'Hello from the sofa' },
  { name: 'room-light-zh', colorScheme: 'light', locale: 'zh-CN', viewport: DESKTOP, nick: '阿波', says: '大家好' },
  { name: 'room-phone', colorScheme: 'light', locale: 'en', viewport: PHONE, nick: 'Cy', says: 'Made it, on the train' },
  { name: 'room-phone-dark-zh', colorScheme: 'dark', locale: 'zh-CN', viewport: PHONE, nick: '小林', says: '我也来了' },
]
const TALK = {
  Ann: ['Good evening everybody!', 'That second song, please ❤️'],
  小雨: ['晚上好！刚下班就来了', '主播唱得真好听 👏'],
  Marek: ['Sound is perfect from here', 'How long are you on tonight?'],
}
const FIELD = /^(Message|消息)$/
const NAME = /^(Your name in this room|你在直播间的昵称)$/
/** Flat surfaces: the pictures stay small. */
const SCENE = [
  'color=c=0x1d2b45:s=1280x720:r=30',
  'drawbox=x=0:y=470:w=1280:h=250:color=0x141f33:t=fill',
  'drawbox=x=150:y=120:w=980:h=350:color=0x2b4470:t=fill',
  'drawbox=x=150:y=462:w=980:h=8:color=0xf2b33d:t=fill',
  "drawtext=text='Friday night':fontsize=92:fontcolor=white:x=(w-tw)/2:y=235",
  "drawtext=text='Songs on request':fontsize=40:fontcolor=0xb9c8e0:x=(w-tw)/2:y=350",
].join(',')

const dataDir = mkdtempSync(join(tmpdir(), 'anchordesk-screenshots-'))
const server = spawn(process.execPath, ['out/main/room-server.js', '--data-dir', dataDir, '--http-port', '0', '--rtmp-port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
})
const children = [server]
let browser = null
try {
  const ready = await readyLine(server)
  const crew = async (method, path, body) => {
    const headers = { authorization: `Bearer ${ready.anchorToken}`, 'content-type': 'application/json' }
    const response = await fetch(`${ready.http}/api/rooms/program${path}`, { method, headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
  }
  await crew('PATCH', '', { title: 'Friday night: songs on request' })
  await crew('PUT', '/notice', { text: 'Ask for a song in the chat. Lucky draw at nine.\n在弹幕里点歌，九点抽奖。' })
  await crew('PUT', '/status', { status: 'live' })
  const sound = ['-f', 'lavfi', '-i', 'anullsrc=r=48000:cl=stereo', '-c:a', 'aac']
  const picture = ['-c:v', 'libx264', '-preset', 'veryfast', '-tune', 'zerolatency', '-g', '60', '-pix_fmt', 'yuv420p']
  children.push(spawn('ffmpeg', ['-v', 'error', '-re', '-f', 'lavfi', '-i', SCENE, ...sound, ...picture, '-f', 'flv', ready.ingest], { stdio: 'inherit' }))

  const flags = ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required']
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: flags })
  const enter = async (nick, options) => {
    const context = await browser.newContext(options)
    const page = await context.newPage()
    // Who only talks needs no picture.
    if (options.viewport === undefined) await page.route('**/*.flv', (route) => route.abort())
    await page.goto(ready.watch)
    await page.locator('[data-chat="ready"]').waitFor()
    await page.getByLabel(NAME).fill(nick)
    await page.keyboard.press('Enter')
    await page.getByLabel(FIELD).waitFor()
    return page
  }
  const say = async (page, text) => {
    await page.getByLabel(FIELD).fill(text)
    await page.keyboard.press('Enter')
    await page.getByRole('log').getByText(text).last().waitFor()
  }
  const talkers = []
  for (const [nick, lines] of Object.entries(TALK)) talkers.push({ page: await enter(nick, { locale: 'en' }), lines })
  for (const round of [0, 1]) for (const { page, lines } of talkers) await say(page, lines[round])
  for (const { page } of talkers) {
    await page.getByRole('button', { name: 'Gifts' }).click()
    for (let tap = 0; tap < 9; tap += 1) await page.getByRole('button', { name: /^Like/ }).click()
  }

  mkdirSync(OUT, { recursive: true })
  for (const { name, nick, says, ...options } of SHOTS) {
    const page = await enter(nick, options)
    await page.locator('[data-state="live"]').waitFor()
    await say(page, says)
    for (const [at, gift] of [/^Send Rose/, /^Send Cake/].entries()) await talkers[at].page.getByRole('button', { name: gift }).click()
    await page.locator('.lane .card').nth(1).waitFor()
    if (options.viewport === DESKTOP) await page.getByRole('button', { name: /^(Gifts|礼物)$/ }).click()
    await page.mouse.move(0, 0)
    await page.evaluate(() => document.activeElement?.blur())
    await page.screenshot({ path: join(OUT, `${name}.png`) })
    await page.context().close()
  }
} finally {
  await browser?.close()
  for (const child of children.reverse()) child.kill('SIGKILL')
  rmSync(dataDir, { recursive: true, force: true })
}

async function readyLine(child) {
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('{"event":"ready"')) return JSON.parse(line)
  throw new Error('the server did not start')
}

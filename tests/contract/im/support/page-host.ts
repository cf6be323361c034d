import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { OpenHost } from './chat-client'

type Heard = Parameters<Parameters<OpenHost>[0]>[0]

declare global {
  interface Window {
    /** Set by the page below. */
    agentAnswer(command: unknown): Promise<Heard>
    agentHeard(message: Heard): void
  }
}

/** What a page that carries the SDK has to allow: the SDK's socket lives in a worker made from a blob. */
const POLICY = "default-src 'none'; script-src 'self'; connect-src ws://127.0.0.1:*; worker-src blob:"
const FOLDER = '/agent-of-the-tests'

interface PageFile {
  readonly contentType: string
  readonly body: string
}

const FILES = new Map<string, () => PageFile>([
  [
    'page',
    () => ({
      contentType: 'text/html',
      body: `<!doctype html><title>chat</title><script src="${FOLDER}/chat.js"></script><script type="module" src="${FOLDER}/page.mjs"></script>`,
    }),
  ],
  ['chat.js', () => ({ contentType: 'text/javascript', body: readFileSync(resolve('node_modules/@tencentcloud/chat/index.js'), 'utf8') })],
  ['agent.mjs', () => ({ contentType: 'text/javascript', body: readFileSync(fileURLToPath(new URL('./chat-agent.mjs', import.meta.url)), 'utf8') })],
  [
    'page.mjs',
    () => ({
      contentType: 'text/javascript',
      body: `import { answer, ChatAgent } from '${FOLDER}/agent.mjs'
const agent = new ChatAgent(TencentCloudChat, (event, data) => window.agentHeard({ event, data }))
window.agentAnswer = (command) => answer(agent, command)
`,
    }),
  ],
])

/**
 * A page for each client, each with its own loaded SDK. It stands on `origin`, whatever is or is not served there: the browser is
 * given the files by the test.
 */
export function pageHost(openPage: () => Promise<Page>, origin: string): OpenHost {
  return async (hear) => {
    const page = await openPage()
    await page.route(`${origin}${FOLDER}/*`, async (route) => {
      const file = FILES.get(new URL(route.request().url()).pathname.slice(FOLDER.length + 1))
      if (file === undefined) await route.abort()
      else await route.fulfill({ ...file(), headers: { 'content-security-policy': POLICY } })
    })
    await page.exposeFunction('agentHeard', hear)
    await page.goto(`${origin}${FOLDER}/page`)
    await page.waitForFunction(() => 'agentAnswer' in window)
    return {
      post: (command) => void page.evaluate((one) => window.agentAnswer(one), command).then(hear, () => undefined),
      close: () => page.close(),
    }
  }
}

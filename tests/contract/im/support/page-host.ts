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

export interface AgentFile {
  readonly contentType: string
  readonly body: string
}

/** What a page that carries the SDK has to allow: the SDK's socket lives in a worker made from a blob. */
export const AGENT_POLICY = "default-src 'none'; script-src 'self'; connect-src ws://127.0.0.1:*; worker-src blob:"
export const AGENT_FOLDER = '/agent-of-the-tests'
const PAGE = `${AGENT_FOLDER}/page`

/** The page that holds an agent, by path. */
export function agentFiles(): Readonly<Record<string, AgentFile>> {
  const script = (body: string): AgentFile => ({ contentType: 'text/javascript', body })
  return {
    [PAGE]: {
      contentType: 'text/html',
      body: `<!doctype html><title>chat</title><script src="${AGENT_FOLDER}/chat.js"></script><script type="module" src="${AGENT_FOLDER}/page.mjs"></script>`,
    },
    [`${AGENT_FOLDER}/chat.js`]: script(readFileSync(resolve('node_modules/@tencentcloud/chat/index.js'), 'utf8')),
    [`${AGENT_FOLDER}/agent.mjs`]: script(readFileSync(fileURLToPath(new URL('./chat-agent.mjs', import.meta.url)), 'utf8')),
    [`${AGENT_FOLDER}/page.mjs`]: script(`import { answer, ChatAgent } from '${AGENT_FOLDER}/agent.mjs'
const agent = new ChatAgent(TencentCloudChat, (event, data) => window.agentHeard({ event, data }))
window.agentAnswer = (command) => answer(agent, command)
`),
  }
}

/** Gives a page of Chromium the agent's files on an origin, whatever is or is not served there. */
export async function routeAgent(page: Page, origin: string): Promise<void> {
  const files = agentFiles()
  await page.route(`${origin}${AGENT_FOLDER}/*`, async (route) => {
    const file = files[new URL(route.request().url()).pathname]
    if (file === undefined) await route.abort()
    else await route.fulfill({ ...file, headers: { 'content-security-policy': AGENT_POLICY } })
  })
}

/**
 * A page for each client, each with its own loaded SDK.
 * @param openPage a page to which the agent's files are served on `origin`
 */
export function pageHost(openPage: () => Promise<Page>, origin: string): OpenHost {
  return async (hear) => {
    const page = await openPage()
    await page.exposeFunction('agentHeard', hear)
    await page.goto(`${origin}${PAGE}`)
    await page.waitForFunction(() => 'agentAnswer' in window)
    return {
      post: (command) => void page.evaluate((one) => window.agentAnswer(one), command).then(hear, () => undefined),
      close: () => page.close(),
    }
  }
}

import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import type { OpenHost } from './chat-client'

type Heard = Parameters<Parameters<OpenHost>[0]>[0]

declare global {
  interface Window {
    /** Set by the page below. */
    agentAnswer(command: unknown): Promise<Heard>
    /** What the agent heard since it was last asked; resolves when there is something. */
    agentNews(): Promise<readonly Heard[]>
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
const heard = []
let wake = () => undefined
const agent = new ChatAgent(TencentCloudChat, (event, data) => {
  heard.push({ event, data })
  wake()
})
window.agentNews = async () => {
  if (heard.length === 0) await new Promise((resolve) => (wake = resolve))
  return heard.splice(0)
}
window.agentAnswer = (command) => answer(agent, command)
`),
  }
}

/**
 * Serves the agent's files as a developer's own web app is served: from another origin than the server's. (Files given to the browser
 * past the network will not do: it then takes the page for one of the internet, which may not reach 127.0.0.1.)
 */
export class AgentSite {
  readonly #server: Server
  origin = ''

  constructor() {
    const files = agentFiles()
    this.#server = createServer((request, response) => {
      const file = files[request.url ?? '']
      response.writeHead(file === undefined ? 404 : 200, { 'content-type': file?.contentType ?? 'text/plain', 'content-security-policy': AGENT_POLICY })
      response.end(file?.body)
    })
  }

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done))
    this.origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }
}

/**
 * A page for each client, each with its own loaded SDK.
 * @param openPage a page to which the agent's files are served on `origin`
 */
export function pageHost(openPage: () => Promise<Page>, origin: string): OpenHost {
  return async (hear) => {
    const page = await openPage()
    await page.goto(`${origin}${PAGE}`)
    await page.waitForFunction(() => 'agentAnswer' in window)
    const listen = async (): Promise<void> => {
      while (!page.isClosed()) for (const news of await page.evaluate(() => window.agentNews())) hear(news)
    }
    // Ends with the page, in the middle of asking.
    void listen().catch(() => undefined)
    return {
      post: (command) => void page.evaluate((one) => window.agentAnswer(one), command).then(hear, () => undefined),
      close: () => page.close(),
    }
  }
}

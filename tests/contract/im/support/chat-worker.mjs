import { parentPort } from 'node:worker_threads'
import { WebSocket } from 'ws'
import { answer, ChatAgent } from './chat-agent.mjs'

/** The SDK in a worker of Node: `create()` is a singleton per loaded module, and its stray rejections end only this worker's. */
globalThis.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args)
    this.on('error', () => undefined)
  }
}
process.on('unhandledRejection', (reason) => parentPort.postMessage({ event: 'unhandledRejection', data: String(reason?.message ?? reason) }))

const { default: sdk } = await import('@tencentcloud/chat')
const agent = new ChatAgent(sdk, (event, data) => parentPort.postMessage({ event, data }))
parentPort.on('message', async (command) => parentPort.postMessage(await answer(agent, command)))
parentPort.postMessage({ event: 'loaded', data: null })

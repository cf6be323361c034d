// @vitest-environment happy-dom
import { afterAll, vi } from 'vitest'
import { stageReportSchema, type StageReport } from '../../../electron/shared/stage'
import type { PreviewMessage } from '../../../electron/shared/program'
import type { TrtcCommand } from '../../../electron/shared/trtc'
import { TrtcPage } from '../../../renderer/trtc/page'
import { PAGE_TIME } from '../../../renderer/trtc/page-time'
import type { PortLike } from '../../../renderer/trtc/preview-port'
import { installDouble } from '../../fakes/trtc-native/install'
import { TARGET } from '../trtc/rig'
import { stageContract, type Shown, type StageDriver } from './cases'

const installed = installDouble('healthy')
afterAll(() => installed.remove())

/** The TRTC page over the package's own JavaScript and a double that behaves as a cloud does. */
function openTrtc(): Promise<StageDriver> {
  for (const name of ['log', 'info', 'warn'] as const) vi.spyOn(console, name).mockImplementation(() => undefined)
  const { require, double } = installed.load()
  double.state.statisticsMs = 250
  const reports: StageReport[] = []
  const shown: Shown[] = []
  let say: (command: TrtcCommand) => void = () => undefined
  const page = new TrtcPage({
    host: {
      report: (report) => {
        const parsed = stageReportSchema.safeParse(report)
        if (parsed.success) reports.push(parsed.data)
      },
      onCommand: (listener) => {
        say = listener
        return () => undefined
      },
    },
    load: require,
    time: PAGE_TIME,
    platform: 'linux',
    screenView: document.createElementNS('http://www.w3.org/2000/svg', 'g') as Element as HTMLElement,
    mixing: { view: document.createElement('div'), files: { write: () => Promise.resolve('') }, picture: () => null },
    art: {
      card: ({ width, height }) => new Uint8Array(width * height * 4),
      stills: ({ width, height }) => Promise.resolve(new Uint8Array(width * height * 4)),
    },
    cpuPercent: () => null,
  })
  const port: PortLike = {
    onmessage: null,
    postMessage: (message) => void shown.push(shownOf(message as PreviewMessage)),
    close: () => undefined,
  }
  page.attachPort(port)
  // What the TRTC window needs beside a stage's commands.
  say({ type: 'load-sdk', folder: installed.folder })
  say({ type: 'set-target', target: { ...TARGET, relays: [] } })
  return Promise.resolve({
    say: (command) => Promise.resolve(say(command)),
    ask: (request) => Promise.resolve(void port.onmessage?.({ data: request } as MessageEvent<unknown>)),
    reports: () => Promise.resolve(reports),
    shown: () => Promise.resolve(shown),
    close: () => {
      page.close()
      vi.restoreAllMocks()
      return Promise.resolve()
    },
  })
}

function shownOf(message: PreviewMessage): Shown {
  switch (message.type) {
    case 'frame':
      return { type: 'frame', width: message.width, height: message.height, bytes: message.data.length, distinct: new Set(message.data).size }
    case 'levels':
      return { type: 'levels', sources: message.sources, programDb: message.program.peakDb }
    case 'tile':
      throw new Error('nobody asked for tiles')
  }
}

stageContract('TRTC', openTrtc)

import { contextBridge, ipcRenderer } from 'electron'
import { CHANNELS } from '../shared/channels'
import type { PortMessage, StageCommand, StageHost } from '../shared/stage'

const host: StageHost = {
  report: (report) => ipcRenderer.send(CHANNELS.stageReport, report),
  onCommand: (listener) => {
    const heard = (_event: unknown, command: StageCommand): void => listener(command)
    ipcRenderer.on(CHANNELS.stageCommand, heard)
    return () => ipcRenderer.removeListener(CHANNELS.stageCommand, heard)
  },
  resolveCapture: (query) => ipcRenderer.invoke(CHANNELS.stageResolveCapture, query),
}

contextBridge.exposeInMainWorld('stageHost', host)

// Ports cannot cross the bridge: the page gets them as a message of its own window.
ipcRenderer.on(CHANNELS.port, (event, use: PortMessage['use']) => {
  const message: PortMessage = { type: 'anchordesk-port', use }
  window.postMessage(message, window.location.origin === 'null' ? '*' : window.location.origin, event.ports)
})

import { ipcRenderer } from 'electron'
import { CHANNELS } from '../shared/channels'
import type { PortMessage } from '../shared/stage'
import type { TrtcCommand, TrtcHost } from '../shared/trtc'

const host: TrtcHost = {
  report: (report) => ipcRenderer.send(CHANNELS.trtcReport, report),
  onCommand: (listener) => {
    const heard = (_event: unknown, command: TrtcCommand): void => listener(command)
    ipcRenderer.on(CHANNELS.trtcCommand, heard)
    return () => ipcRenderer.removeListener(CHANNELS.trtcCommand, heard)
  },
}

// The SDK wants Node in its own world: this window has no second one, and no bridge is needed.
Object.assign(window, { trtcHost: host })

ipcRenderer.on(CHANNELS.port, (event, use: PortMessage['use']) => {
  const message: PortMessage = { type: 'anchordesk-port', use }
  window.postMessage(message, window.location.origin === 'null' ? '*' : window.location.origin, event.ports)
})

import { contextBridge, ipcRenderer } from 'electron'
import { CHANNELS } from '../shared/channels'
import type { AnchorBridge } from '../shared/ipc'
import type { StatePatch } from '../shared/snapshot'
import type { PortMessage } from '../shared/stage'

const bridge: AnchorBridge = {
  call: (verb, ...args) => ipcRenderer.invoke(CHANNELS.studioCall, verb, args[0]),
  onPatch: (listener) => {
    const heard = (_event: unknown, patch: StatePatch): void => listener(patch)
    ipcRenderer.on(CHANNELS.studioPatch, heard)
    return () => ipcRenderer.removeListener(CHANNELS.studioPatch, heard)
  },
}

contextBridge.exposeInMainWorld('anchor', bridge)

// Ports cannot cross the bridge: the page gets them as a message of its own window.
ipcRenderer.on(CHANNELS.port, (event, use: PortMessage['use']) => {
  const message: PortMessage = { type: 'anchordesk-port', use }
  window.postMessage(message, window.location.origin === 'null' ? '*' : window.location.origin, event.ports)
})

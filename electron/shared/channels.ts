/** Electron channels. Only the gateway and the preloads know them. */
export const CHANNELS = {
  studioCall: 'studio:call',
  studioPatch: 'studio:patch',
  stageCommand: 'stage:command',
  stageReport: 'stage:report',
  stageResolveCapture: 'stage:resolve-capture',
  trtcCommand: 'trtc:command',
  trtcReport: 'trtc:report',
  port: 'port',
} as const

import type { StageHost } from '../../electron/shared/stage'
import { Stage } from './stage'

declare global {
  interface Window {
    readonly stageHost: StageHost
  }
}

new Stage(window.stageHost, new Worker(new URL('./program/worker.ts', import.meta.url), { type: 'module' }))

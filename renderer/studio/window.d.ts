import type { AnchorBridge } from '../../electron/shared/ipc'

declare global {
  interface Window {
    /** What preload exposes to this page. */
    readonly anchor: AnchorBridge
  }
}

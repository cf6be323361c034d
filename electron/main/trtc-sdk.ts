import { existsSync } from 'node:fs'
import { join } from 'node:path'

const PACKAGE = 'trtc-electron-sdk'
const LIBRARY = join('build', 'Release', 'trtc_electron_sdk.node')

export interface SdkPlaces {
  readonly isPackaged: boolean
  /** Electron's resources folder. */
  readonly resources: string
  readonly appFolder: string
  /** --trtc-sdk, for builds that are not packed. */
  readonly given: string | null
}

/** Where Tencent's TRTC package lies with its native library; null = nowhere on this machine. */
export function findTrtcSdk({ isPackaged, resources, appFolder, given }: SdkPlaces): string | null {
  const own = isPackaged ? join(resources, 'app.asar.unpacked', 'node_modules', PACKAGE) : join(appFolder, 'node_modules', PACKAGE)
  const places = isPackaged || given === null ? [own] : [given]
  return places.find((folder) => existsSync(join(folder, LIBRARY))) ?? null
}

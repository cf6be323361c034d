import type * as package_ from 'trtc-electron-sdk'
import type TRTCCloud from 'trtc-electron-sdk'
import type { ErrorInfo } from '../../electron/shared/errors'

/** The package's values, got when it is loaded: nothing of it is bundled with the page. */
export type Sdk = typeof package_
export type Cloud = TRTCCloud

export type LoadedSdk = { readonly ok: true; readonly sdk: Sdk } | { readonly ok: false; readonly error: ErrorInfo }

/**
 * Loads the package with its native library.
 * @param load Node's require
 * @param folder where it is; null = there is none
 */
export function loadSdk(load: (path: string) => unknown, folder: string | null): LoadedSdk {
  const notInstalled: LoadedSdk = { ok: false, error: { code: 'trtc.not-installed', context: {} } }
  if (folder === null) return notInstalled
  try {
    const loaded = load(folder)
    return isSdk(loaded) ? { ok: true, sdk: loaded } : { ok: false, error: { code: 'trtc.load-failed', context: { reason: 'not the TRTC SDK' } } }
  } catch (error) {
    // The package is there and its library is not, as after an installation whose download failed; or neither is.
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND') return notInstalled
    return { ok: false, error: { code: 'trtc.load-failed', context: { reason: reasonOf(error) } } }
  }
}

function isSdk(loaded: unknown): loaded is Sdk {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded && typeof loaded.default === 'function' && 'TRTCParams' in loaded
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1).join('').slice(0, 300)
}

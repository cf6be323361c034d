import { LOG_NOTHING } from './constants'
import type { Cloud, Sdk } from './sdk'

/** The SDK's one instance, quiet. @param platform process.platform */
export function openCloud(sdk: Pick<Sdk, 'default'>, platform: string, log: (message: string) => void): Cloud {
  const cloud = instance(sdk, platform, log)
  // Its log has what it is called with: push URLs and signatures.
  attempt('switching its log off', () => cloud.setLogLevel(LOG_NOTHING))
  attempt('switching its console off', () => cloud.setConsoleEnabled(false))
  // This window is never seen: the SDK would take that for nobody looking.
  attempt('keeping its frame rate', () => cloud.callExperimentalAPI(JSON.stringify({ api: 'disableLocalRenderFPSOptimization', params: { disable: true } })))
  return cloud

  /** A native library of another build may lack what is not needed for a show. */
  function attempt(what: string, run: () => void): void {
    try {
      run()
    } catch (error) {
      log(`${what} failed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** The mixing manager is there on Windows alone, and in the cross-process mode alone. Without that mode each picture is a stream of its own. */
function instance(sdk: Pick<Sdk, 'default'>, platform: string, log: (message: string) => void): Cloud {
  if (platform !== 'win32') return sdk.default.getTRTCShareInstance()
  try {
    return sdk.default.getTRTCShareInstance({ isIPCMode: true })
  } catch (error) {
    log(`no mixing here: ${error instanceof Error ? error.message : String(error)}`)
    return sdk.default.getTRTCShareInstance()
  }
}

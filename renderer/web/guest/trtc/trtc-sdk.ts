import type TRTC from 'trtc-sdk-v5'

/** What is used of the SDK. */
export type TrtcSdk = Pick<typeof TRTC, 'create' | 'EVENT' | 'TYPE' | 'isSupported' | 'setLogLevel' | 'setCurrentSpeaker'>
export type TrtcRoom = ReturnType<TrtcSdk['create']>

/** NONE. What it logs of an entry has the UserSig in it. */
const NO_LOG = 5

/** A chunk of its own: nobody loads it who is in no TRTC room. @throws TypeError it did not come */
export async function loadTrtcSdk(): Promise<TrtcSdk> {
  const { default: sdk } = await import('trtc-sdk-v5')
  quiet(sdk)
  return sdk
}

/** Nothing in the console, and no log to Tencent. */
export function quiet(sdk: Pick<TrtcSdk, 'setLogLevel'>): void {
  sdk.setLogLevel(NO_LOG, false)
}

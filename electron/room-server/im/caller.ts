/** Who asks, and from where: what callbacks and permissions need. */
export interface Caller {
  readonly userId: string
  /** App administrators may do everything in every group. */
  readonly admin: boolean
  /** `OptPlatform` of callbacks. */
  readonly platform: string
  readonly clientIp: string
}

/** `head.platform` of the SDK → Tencent's names. 7 is what the web SDK sends. */
export function platformName(platform: number): string {
  switch (platform) {
    case 1:
      return 'Windows'
    case 2:
      return 'Android'
    case 3:
      return 'iOS'
    case 4:
      return 'Mac'
    case 7:
    case 10:
      return 'Web'
    default:
      return 'Unknown'
  }
}

/** The go-live sheet's checks (ux.md §3). Numbers are those of the table there. */

/** 1 permission · 2 pictures · 3 microphone · 4 encoder · 5 line · 9 disk · 10 power. The rest comes with the room. */
export type CheckId = 'permission' | 'pictures' | 'microphone' | 'encoder' | 'line' | 'disk' | 'power'

export type CheckVerdict = 'waiting' | 'running' | 'pass' | 'warn' | 'stop' | 'skipped'

export type CheckFix = 'ask-permission' | 'open-system-settings' | 'restart-source' | 'choose-other' | 'unmute' | 'lower-profile' | 'choose-folder' | 'edit-destination' | 'none'

export interface CheckResult {
  readonly id: CheckId
  readonly verdict: CheckVerdict
  /** Message key under `checks.<id>.` in the locales ("silent", "hardware", "too-slow" …). */
  readonly reason: string
  readonly context: Readonly<Record<string, string | number>>
  readonly fix: CheckFix
  /** A stop that "Go live anyway" may pass (microphone, line, disk). */
  readonly overridable: boolean
}

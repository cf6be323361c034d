/** The set-up, in order. All but the first may be skipped. */
export const STEPS = ['language', 'where', 'permissions', 'devices', 'test'] as const
export type StepName = (typeof STEPS)[number]

export const PERMISSIONS_STEP = STEPS.indexOf('permissions')

/** What a step that keeps something tells the sheet. */
export interface Step {
  /** Saves what was entered. @returns false: something is wrong, and the step says what */
  leave(): Promise<boolean>
}

import type { HealthLevel } from '../../electron/shared/health'

/** Shape carries the meaning, colour only repeats it (ux.md §8). */
export const LEVEL_SIGNS: Readonly<Record<HealthLevel, string>> = { good: '●', fair: '▲', poor: '■', unknown: '○' }

import { DRAW_LIMITS } from '../../../../electron/shared/crew-api'
import type { DrawSetup } from '../../../room/crew-api'

export type DrawField = 'title' | 'keyword' | 'seconds' | 'winners' | 'minLevel'

export const FIRST_SETUP: DrawSetup = { title: '', keyword: '', seconds: 60, winners: 1, minLevel: 0, followersOnly: false }

/** Fields that the API would refuse. `fresh`: an empty field that is still to be filled in is no fault yet. */
export function faultyFields(setup: DrawSetup, fresh: boolean): ReadonlySet<DrawField> {
  const faulty = new Set<DrawField>()
  const { keywordChars, minLevel, titleBytes, windowSec, winners } = DRAW_LIMITS
  const keyword = setup.keyword.trim()
  if (new TextEncoder().encode(setup.title).length > titleBytes) faulty.add('title')
  if (keyword.length > keywordChars || (keyword === '' && !fresh)) faulty.add('keyword')
  if (!within(setup.seconds, windowSec.min, windowSec.max)) faulty.add('seconds')
  if (!within(setup.winners, 1, winners)) faulty.add('winners')
  if (!within(setup.minLevel, 0, minLevel)) faulty.add('minLevel')
  return faulty
}

/** An emptied number field has a text. */
function within(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
}

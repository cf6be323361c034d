import { existsSync } from 'node:fs'
import { describe } from 'vitest'
import { CHROMIUM_PATH } from '../../support/chromium'
import { stageContract } from './cases'
import { openWeb } from './open-web'

describe.skipIf(!existsSync(CHROMIUM_PATH))('in Chromium', () => {
  stageContract('web', openWeb)
})

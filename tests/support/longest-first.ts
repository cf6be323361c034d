import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, in that order. One that begins last keeps a single worker busy while the others are done; a fresh clone knows of none by itself. */
const LONGEST = [
  'contract/guest-page',
  'contract/im/survival',
  'contract/watch-room',
  'contract/backend/pk',
  'contract/package',
  'contract/im/sdk-electron',
  'contract/im/sdk-chromium',
  'contract/compositor',
  'contract/im/restarts',
  'contract/im/sdk-node',
  'contract/backend/callbacks',
  'contract/watch',
  'e2e/studio-sheets',
  'e2e/life',
  'e2e/studio',
  'e2e/room-chat',
  'e2e/room-keyboard',
  'e2e/room-gifts',
] as const

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`))
  return at === -1 ? LONGEST.length : at
}

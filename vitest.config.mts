import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The chat server, the business and the page that viewers see, each file with servers of its own. */
const ROOM = [
  'tests/contract/im/**/*.test.ts',
  'tests/contract/backend/**/*.test.ts',
  'tests/contract/{watch,watch-room,guest-page,room-server-program,compositor,package}.test.ts',
]

/** Each with an app of its own that mostly waits: for pages, keys and people. What counts or times the pictures of a show has the machine to itself (`e2e`). */
const E2E_DESK = [
  'tests/e2e/{studio,studio-sheets,life,isolation,cloud-room,trtc,room,room-chat,room-gifts,room-keyboard,room-moderation,room-notice,room-people,room-pop-out}.test.ts',
]

/** Files that take longest, in that order. One that begins last keeps a single worker busy while the others are done; a fresh clone knows of none by itself. */
const LONGEST = [
  'unit/publisher/servers',
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
  'contract/backend/team-takeover',
  'contract/watch',
  'e2e/studio-sheets',
  'e2e/life',
  'e2e/studio',
  'e2e/room-keyboard',
  'e2e/room-gifts',
] as const

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.sort((one, other) => rank(one) - rank(other))
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = LONGEST.findIndex((name) => moduleId.endsWith(`/tests/${name}.test.ts`))
  return at === -1 ? LONGEST.length : at
}

export default defineConfig({
  plugins: [vue()],
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node', testTimeout: 30_000, maxWorkers: 2 } },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          exclude: ROOM,
          environment: 'node',
          testTimeout: 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'room',
          include: ROOM,
          environment: 'node',
          testTimeout: 90_000,
          hookTimeout: 60_000,
          globalSetup: 'tests/support/postgres-setup.ts',
          // Their servers mostly wait: more files at a time than cores.
          maxWorkers: 3,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e-desk',
          include: E2E_DESK,
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          setupFiles: 'tests/e2e/support/own-display.ts',
          // One app a display; without displays of our own, one after the other.
          maxWorkers: (process.env['ANCHORDESK_DISPLAYS'] ?? '').split(' ').length,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: E2E_DESK,
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'gallery',
          include: ['tests/gallery/**/*.gallery.ts'],
          environment: 'node',
          testTimeout: 300_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: { name: 'bench', include: ['tests/bench/**/*.bench.ts'], environment: 'node', testTimeout: 600_000, hookTimeout: 60_000, fileParallelism: false },
      },
    ],
  },
})

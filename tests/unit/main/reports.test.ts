import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publisherCommandSchema, publisherReportSchema } from '../../../electron/shared/publisher'
import { roomServerCommandSchema, roomServerReportSchema } from '../../../electron/shared/room-server'
import { stageCommandSchema, stageReportSchema } from '../../../electron/shared/stage'
import { knownError } from '../../../electron/shared/errors'
import { errorText } from '../../../electron/shared/locales/error-text'

const RUNS = Number(process.env['ANCHORDESK_FUZZ'] ?? 2_000)
/** A hundred thousand take minutes. */
const DEADLINE_MS = Math.max(30_000, RUNS * 10)
const SCHEMAS = {
  'the stage reports': stageReportSchema,
  'the stage is told': stageCommandSchema,
  'the publisher reports': publisherReportSchema,
  'the publisher is told': publisherCommandSchema,
  'the room server reports': roomServerReportSchema,
  'the room server is told': roomServerCommandSchema,
} as const
const TYPES = Object.values(SCHEMAS).flatMap((schema) => schema.options.map((one) => one.shape.type.value))

const megabytes = (): number => process.memoryUsage().heapUsed / 1e6

describe.each(Object.entries(SCHEMAS))('what %s', (_name, schema) => {
  it(
    'is refused when it is garbage, without a throw and without growing',
    () => {
      const before = megabytes()
      let accepted = 0
      fc.assert(
        fc.property(
          fc.oneof(
            fc.anything(),
            fc.tuple(fc.constantFrom(...TYPES), fc.object()).map(([type, rest]) => ({ ...rest, type })),
          ),
          (garbage) => {
            if (schema.safeParse(garbage).success) accepted += 1
          },
        ),
        { numRuns: RUNS },
      )
      // Only those that need nothing but their type get through.
      expect(accepted).toBeLessThan(RUNS / 2)
      expect(megabytes() - before).toBeLessThan(200)
    },
    DEADLINE_MS,
  )
})

describe('an error that another process tells', () => {
  it(
    'has a code of ours, or becomes one, and always a sentence',
    () => {
      fc.assert(
        fc.property(
          fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', 'publish.denied')),
          fc.constantFrom('en', 'zh-CN'),
          (code, language) => {
            const error = knownError({ code, context: {} })
            expect(errorText(error, language).what).not.toBe('')
            expect(errorText({ code, context: {} } as never, language).what).not.toBe('')
          },
        ),
        { numRuns: RUNS },
      )
      expect(knownError({ code: 'publish.denied', context: { reason: 'x' } })).toEqual({ code: 'publish.denied', context: { reason: 'x' } })
      expect(knownError({ code: 'constructor', context: {} })).toEqual({ code: 'internal', context: { reason: 'constructor' } })
    },
    DEADLINE_MS,
  )
})

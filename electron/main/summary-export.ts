import { basename, join } from 'node:path'
import { AnchorError } from '../shared/errors'
import { summaryFileName, summaryText, type ShowSummary, type SummaryFormat } from '../shared/show-summary'
import { writeAtomically } from './atomic-file'

export interface SummaryExportOptions {
  /** Where a file is offered to be put first. */
  readonly folder: string
  /** Asks where to put it; null = nowhere. */
  choose(suggested: string, format: SummaryFormat): Promise<string | null>
}

/**
 * Asks where to put a show's summary, and writes it there whole or not at all.
 * @returns the file's name; null = cancelled. @throws AnchorError disk.full { path } | export.failed { file, reason }
 */
export async function exportSummary(summary: ShowSummary, format: SummaryFormat, { folder, choose }: SummaryExportOptions): Promise<string | null> {
  const file = await choose(join(folder, summaryFileName(summary, format)), format)
  if (file === null) return null
  try {
    writeAtomically(file, summaryText(summary, format))
  } catch (error) {
    if (!(error instanceof AnchorError) || error.code === 'disk.full') throw error
    throw new AnchorError('export.failed', { cause: error, context: { file: basename(file), reason: error.context['reason'] ?? '' } })
  }
  return basename(file)
}

import { readFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import type { Snapshot } from '../shared/snapshot'
import { writeAtomically } from './atomic-file'
import { redact } from './redact'

/** The log, and the one before it. */
const LOGS = ['anchordesk.log', 'anchordesk.log.1'] as const

export interface DiagnosticsSources {
  readonly dataDir: string
  readonly snapshot: Snapshot
  /** Name and version of what the app runs on. */
  readonly versions: Readonly<Record<string, string | undefined>>
}

/** A zip for whoever is asked for help: logs, health, settings and machine. Keys are not in the settings; whatever else might be one is masked. */
export async function collectDiagnostics({ dataDir, snapshot, versions }: DiagnosticsSources): Promise<Uint8Array> {
  const { app, settings, session, devices, sources, stage, destinations, roomServer, cloud, health, healthHistory, checks, notices } = snapshot
  const files: Record<string, Uint8Array> = {}
  const put = (name: string, text: string): void => void (files[name] = new TextEncoder().encode(redact(text)))
  put(
    'machine.json',
    json({ app, versions, system: { release: release(), arch: arch(), processors: cpus().length, model: cpus()[0]?.model ?? '', memoryBytes: totalmem() } }),
  )
  put('settings.json', json(settings))
  put('state.json', json({ session, devices, sources, stage, destinations, roomServer, cloud, health, checks, notices }))
  put('health.json', json(healthHistory))
  for (const name of LOGS) {
    const text = await readIfThere(join(dataDir, 'logs', name))
    if (text !== null) put(name, text)
  }
  return zipSync(files)
}

/** @throws AnchorError disk.full | settings.write-failed */
export async function exportDiagnostics(file: string, sources: DiagnosticsSources): Promise<void> {
  writeAtomically(file, await collectDiagnostics(sources))
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { CommandLine } from '../shared/cli'
import { AnchorError } from '../shared/errors'
import { DEFAULT_HTTP_PORT, DEFAULT_RTMP_PORT, type RoomServerAddresses, type RoomServerCommand } from '../shared/room-server'
import type { SecretStore } from './secret-store'

/** The ingest's own stream key among the secrets. */
export const INGEST_SECRET = '@ingest'

export interface ListenFacts {
  readonly commandLine: CommandLine
  readonly shareOnNetwork: boolean
  /** Where it listened before it died or was moved; null at first. Everybody's addresses then still hold. */
  readonly addresses: RoomServerAddresses | null
  readonly secrets: SecretStore
  /** Folder of the built app. */
  readonly built: string
  readonly dataDir: string
  readonly title: string
}

/** Where the room server is to listen, and for which key. */
export function listenCommand(facts: ListenFacts): Extract<RoomServerCommand, { type: 'listen' }> {
  const { commandLine, addresses } = facts
  return {
    type: 'listen',
    host: facts.shareOnNetwork ? '0.0.0.0' : '127.0.0.1',
    httpPort: portOf(addresses?.http) ?? commandLine.httpPort ?? DEFAULT_HTTP_PORT,
    rtmpPort: portOf(addresses?.rtmp) ?? commandLine.rtmpPort ?? DEFAULT_RTMP_PORT,
    // A port that was asked for by name is not silently another one.
    portFallback: commandLine.httpPort === null && commandLine.rtmpPort === null,
    dataDir: facts.dataDir,
    streamKey: ingestKey(facts.secrets),
    webRoot: join(facts.built, 'web'),
    title: facts.title,
  }
}

function portOf(address: string | undefined): number | null {
  const port = address === undefined ? undefined : /:(\d+)/.exec(address.replace(/^\w+:\/\//, ''))?.[1]
  return port === undefined ? null : Number(port)
}

function ingestKey(secrets: SecretStore): string {
  const kept = secrets.get(INGEST_SECRET)
  if (kept !== null) return kept
  const made = randomBytes(18).toString('base64url')
  try {
    secrets.set(INGEST_SECRET, made)
  } catch (error) {
    // It holds until the app quits; the notice of the settings file says the rest.
    if (!(error instanceof AnchorError)) throw error
  }
  return made
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'))
const manifest = read('package.json') as Manifest
const EXACT = /^(npm:electron@)?\d+\.\d+\.\d+$/

describe('what the app is made of', () => {
  it('is pinned exactly', () => {
    const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(([, version]) => !EXACT.test(version))
    expect(loose).toEqual([])
  })

  it('ships on an Electron that is kept safe (checklist 16), and whose successors are proposed by themselves', () => {
    // 45 was the newest when this was written; what is older than that is a step back.
    expect(Number(manifest.devDependencies['electron']?.split('.')[0])).toBeGreaterThanOrEqual(45)
    const { packageRules } = read('renovate.json') as { packageRules: { matchDepNames: string[]; enabled?: boolean; schedule?: string[] }[] }
    const rules = packageRules.filter((rule) => rule.matchDepNames.includes('electron'))
    expect(rules).toEqual([expect.objectContaining({ schedule: ['at any time'] })])
    expect(rules.every((rule) => rule.enabled !== false)).toBe(true)
  })
})

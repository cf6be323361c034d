#!/usr/bin/env node
// Compiles the planar engine's kernels (renderer/stage/compositor/kernels, AssemblyScript) to kernels.wasm beside them.
// Does nothing when the result is newer than every source; `--force` compiles anyway.
import { readdirSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(root, 'renderer/stage/compositor/kernels')
const output = join(folder, 'kernels.wasm')

function isFresh() {
  const built = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  const inputs = [...sources.map((name) => join(folder, name)), fileURLToPath(import.meta.url)]
  return inputs.every((path) => statSync(path).mtimeMs < built)
}

if (process.argv.includes('--force') || !isFresh()) {
  // The compiler is loaded only when there is work: it takes half a second by itself.
  const { default: asc } = await import('assemblyscript/asc')
  const { error, stderr } = await asc.main([
    relative(process.cwd(), join(folder, 'index.ts')),
    ...['--outFile', relative(process.cwd(), output)],
    // Memory comes from the caller, who sizes it; the kernels keep nothing there.
    ...['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536', '--memoryBase', '1024'],
    ...['--runtime', 'stub', '--enable', 'simd', '-O3', '--noAssert', '--converge'],
  ])
  if (error) {
    console.error(stderr.toString())
    console.error(`build-kernels: ${error.message}`)
    process.exit(1)
  }
  console.log(`build-kernels: ${relative(root, output)} (${statSync(output).size} bytes)`)
}

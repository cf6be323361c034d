import { closeSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { spawn } from 'node:child_process'
import { bootstrap, main, ROOT } from './setup/bootstrap.mjs'
import { bin, ensureBuild } from './setup/build.mjs'
import { needsVirtualDisplay, startVirtualDisplay } from './setup/display.mjs'
import { run } from './setup/run.mjs'
import { say } from './setup/say.mjs'

/**
 * Everything a change has to pass. `node scripts/test.mjs` runs it all; `--check` leaves out what needs peers and windows;
 * `--bench` runs the measurements instead, `--gallery` makes pictures of every main state. `--no-peers` sets up no peers and no display; names of test files narrow it down.
 */
const CHECK_ONLY = process.argv.includes('--check')
const BENCH = process.argv.includes('--bench')
const GALLERY = process.argv.includes('--gallery')
const NO_PEERS = process.argv.includes('--no-peers')
const FILES = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))

/** One after the other, those in one line at the same time: `contract` hardly computes, it waits for lines that fail and servers that come back. */
const PROJECTS = BENCH ? [['bench']] : GALLERY ? [['gallery']] : CHECK_ONLY ? [['unit']] : [['unit', 'contract'], ['room'], ['e2e-desk'], ['e2e']]

const STATIC_STEPS = [
  ['format', [bin('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.']],
  ['lint', [bin('eslint', 'bin', 'eslint.js'), '--max-warnings', '0', '.']],
  ['types of the contract', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.shared.json']],
  ['types of the processes, Electron as shipped', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.node.json']],
  ['types of the processes, Electron as tested', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.electron-25.json']],
  ['types of the tests', [bin('typescript', 'bin', 'tsc'), '-p', 'tsconfig.tests.json']],
  ['types of the pages', [bin('vue-tsc', 'bin', 'vue-tsc.js'), '-p', 'tsconfig.web.json']],
]

await main(async () => {
  const needsPeers = !CHECK_ONLY && !NO_PEERS
  const electron = await bootstrap({ system: needsPeers ? ['run', 'test', ...(BENCH ? ['bench'] : [])] : [], electron: needsPeers })
  await ensureBuild()
  if (!BENCH && !GALLERY) {
    const failed = await firstFailure(STATIC_STEPS)
    if (failed !== null) return fail(failed)
  }
  // One for most tests, and one more where two apps run beside each other.
  const displays = needsPeers && needsVirtualDisplay() ? await Promise.all([startVirtualDisplay(), startVirtualDisplay()]) : []
  const names = displays.map(({ display }) => display)
  const environment = {
    ...process.env,
    ANCHORDESK_ELECTRON: electron ?? '',
    ANCHORDESK_DISPLAYS: names.join(' '),
    ...(names[0] === undefined ? {} : { DISPLAY: names[0] }),
  }
  // A window manager, as on any desk: windows can be captured, minimized and moved.
  const managers = names.map((name) => spawn('openbox', [], { env: { ...environment, DISPLAY: name }, stdio: 'ignore' }))
  try {
    return await runTests(environment)
  } finally {
    for (const manager of managers) manager.kill()
    for (const display of displays) display.stop()
  }
})

/** Two at a time: each uses one core. @returns the name of a step that failed; null = none did */
async function firstFailure(steps) {
  const waiting = [...steps]
  let failed = null
  const work = async () => {
    for (let step = waiting.shift(); step !== undefined && failed === null; step = waiting.shift()) {
      const [name, args] = step
      say(`— ${name}`)
      if ((await run(process.execPath, args, { cwd: ROOT })) !== 0) failed ??= name
    }
  }
  await Promise.all([work(), work()])
  return failed
}

async function runTests(environment) {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  const failures = []
  for (const together of PROJECTS) {
    const reports = await Promise.all(together.map((project, at) => runProject(project, environment, at > 0)))
    for (const { code, numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, testResults = [] } of reports) {
      failures.push(...testResults.flatMap(failuresOf))
      totals.passed += numPassedTests
      totals.failed += numFailedTests
      totals.skipped += numPendingTests
      if (code !== 0 && numFailedTests === 0) totals.failed += 1
    }
  }
  // Once more at the end: a long log is read from there, and often cut before.
  for (const failure of failures) say(`failed: ${failure}`)
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed\n`)
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1
}

/** @param aside what it writes is shown when it is over, not among the lines of another @returns the JSON report, with the exit code */
async function runProject(project, environment, aside) {
  const report = join(ROOT, 'out', `test-${project}.json`)
  const log = join(ROOT, 'out', `test-${project}.log`)
  rmSync(report, { force: true })
  const args = [
    bin('vitest', 'vitest.mjs'),
    'run',
    '--project',
    project,
    '--reporter',
    BENCH ? 'verbose' : 'default',
    '--reporter',
    'json',
    '--outputFile.json',
    report,
    ...FILES,
  ]
  say(`— ${project}`)
  const output = aside ? openSync(log, 'w') : 2
  const code = await run(process.execPath, args, { cwd: ROOT, env: environment, stdio: ['ignore', output, output] })
  if (aside) {
    closeSync(output)
    say(`— ${project}, which is over`)
    process.stderr.write(readFileSync(log))
  }
  return { code, ...JSON.parse(readFileSync(report, 'utf8')) }
}

/** @param file one of the JSON report @returns a paragraph for each failed test; for the file itself when it failed outside of them */
function failuresOf(file) {
  const tests = file.assertionResults.filter(({ status }) => status === 'failed')
  if (tests.length === 0) return file.status === 'failed' ? [`${relative(ROOT, file.name)}: ${file.message}`] : []
  return tests.map(({ fullName, failureMessages }) => `${relative(ROOT, file.name)} > ${fullName}\n${failureMessages.join('\n').slice(0, 1_000)}`)
}

function fail(name) {
  say(`${name}: failed`)
  process.stdout.write('0 passed, 1 failed\n')
  return 1
}

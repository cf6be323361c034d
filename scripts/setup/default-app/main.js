// What `electron <path>` runs: takes -r/--require and the path, and hands over. The runtime we test on has none of its own.
const { app } = require('electron')
const { existsSync, readFileSync } = require('node:fs')
const { join, resolve } = require('node:path')
const Module = require('node:module')

const args = process.argv.slice(1)
const required = []
let path = null
for (let i = 0; i < args.length && path === null; i++) {
  if (args[i] === '-r' || args[i] === '--require') required.push(args[++i])
  else if (args[i] === '--version' || args[i] === '-v') {
    process.stdout.write(`v${process.versions.electron}\n`)
    process.exit(0)
  } else if (!args[i].startsWith('-')) path = resolve(args[i])
}
for (const name of required) Module._load(resolve(name), module, true)
if (path === null || !existsSync(path)) {
  process.stderr.write('usage: electron [options] <path of an app>\n')
  process.exit(1)
}
process.argv.splice(1, process.argv.indexOf(args.find((arg) => !arg.startsWith('-') && resolve(arg) === path)), path)
const manifest = join(path, 'package.json')
if (existsSync(manifest)) {
  const { name, productName, version, main } = JSON.parse(readFileSync(manifest, 'utf8'))
  if (version) app.setVersion(version)
  if (productName ?? name) app.setName(productName ?? name)
  app.setPath('userData', join(app.getPath('appData'), app.getName()))
  app.setAppPath(path)
  Module._load(join(path, main ?? 'index.js'), module, true)
} else {
  Module._load(path, module, true)
}

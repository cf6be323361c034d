import { createHash } from 'node:crypto'
import { RIGHTS } from '../identity/rights'
import { API_ERRORS } from './api-error'
import type { Route } from './route'

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}code{font:.9em ui-monospace,monospace}@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}th,td{border-color:#30363d}a{color:#79b8ff}}'

/** No script, one style that is known by its hash. */
export const DOCS_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

/** The API for people; `/openapi.json` is the same for programs. */
export function docsPage(routes: readonly Route[]): string {
  const groups = [...new Set(routes.map(({ spec }) => spec.group))]
  const tables = groups.map(
    (group) =>
      `<h2>${escape(group)}</h2><table><thead><tr><th>Request</th><th>What it does</th><th>Who</th></tr></thead><tbody>${routes
        .filter(({ spec }) => spec.group === group)
        .map(({ spec }) => {
          const who = spec.action === null ? 'everybody' : RIGHTS[spec.action].join(', ')
          return `<tr><td><code>${spec.method.toUpperCase()} ${escape(spec.path)}</code></td><td>${escape(spec.summary)}</td><td>${escape(who)}</td></tr>`
        })
        .join('')}</tbody></table>`,
  )
  const errors = Object.entries(API_ERRORS)
    .map(([code, { status, en }]) => `<tr><td><code>${escape(code)}</code></td><td>${status}</td><td>${escape(en[0])} ${escape(en[1])}</td></tr>`)
    .join('')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>AnchorDesk room API</title><style>${STYLE}</style></head><body><main><h1>AnchorDesk room API</h1><p>Bodies and answers are JSON; their schemas stand in <a href="/openapi.json">openapi.json</a>. A session's token goes into <code>Authorization: Bearer …</code>.</p>${tables.join('')}<h2>Errors</h2><table><thead><tr><th>Code</th><th>Status</th><th>Text</th></tr></thead><tbody>${errors}</tbody></table></main></body></html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
}

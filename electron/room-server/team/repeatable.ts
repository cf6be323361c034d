import { CALLBACK_PATH } from '../backend/backend'

/**
 * May this request be made again when nobody knows whether it was done? What only reads; an order, which is one by its id; what IM
 * tells, of which a count could be made twice and nothing else; a guest who comes in, of whom two are no harm; and what is only signed anew.
 */
export function isRepeatable(method: string, url: string, body: Buffer): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true
  if (method !== 'POST') return false
  const [path = ''] = url.split('?')
  if (path === CALLBACK_PATH) return true
  if (/^\/api\/rooms\/[^/]+\/(gifts|trtc-ticket|push-url)$/.test(path) || path === '/api/session/renew') return true
  return /^\/api\/rooms\/[^/]+\/sessions$/.test(path) && !body.includes('"invite"')
}

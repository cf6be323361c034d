import { CALLBACK_PATH } from '../backend/backend'

/**
 * May this request be made again when nobody knows whether it was done? What only reads; an order, which is one by its id; what IM
 * tells, of which a count could be made twice and nothing else; a guest who comes in, of whom two are no harm; what is only signed anew;
 * and the end of a session, which whoever asked for it takes for done when the session is not known any more.
 */
export function isRepeatable(method: string, url: string, body: Buffer): boolean {
  if (isRead(method)) return true
  const [path = ''] = url.split('?')
  if (method === 'DELETE') return path === '/api/session'
  if (method !== 'POST') return false
  if (path === CALLBACK_PATH) return true
  if (/^\/api\/rooms\/[^/]+\/(gifts|trtc-ticket|push-url)$/.test(path) || path === '/api/session/renew') return true
  return /^\/api\/rooms\/[^/]+\/sessions$/.test(path) && !namesInvite(body)
}

/** Nothing is done by it. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
}

/** As the leader reads it: a name has more than one spelling in JSON. What is none is refused there, and need not be asked again. */
function namesInvite(body: Buffer): boolean {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value !== 'object' || value === null || 'invite' in value
  } catch (error) {
    if (error instanceof SyntaxError) return true
    throw error
  }
}

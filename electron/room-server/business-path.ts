/** The business answers these; the stream's own API is older and stays with the pages. */
export function isBusiness(path: string): boolean {
  // What leads out of it, read by whoever, is none of its paths.
  if (/(^|[/\\])(\.|%2e){1,2}([/\\]|$)/i.test(path)) return false
  return (path.startsWith('/api/') && !path.startsWith('/api/stream')) || path === '/docs' || path === '/openapi.json'
}

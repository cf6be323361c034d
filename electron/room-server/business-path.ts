/** The business answers these; the stream's own API is older and stays with the pages. */
export function isBusiness(path: string): boolean {
  return (path.startsWith('/api/') && !path.startsWith('/api/stream')) || path === '/docs' || path === '/openapi.json'
}

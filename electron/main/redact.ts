/** Each hides what follows a telling name. The log, crash notes and reports pass through here; nothing else has to think of it. */
const RULES: readonly (readonly [RegExp, string])[] = [
  // Stream key and query of any push address: all behind the application.
  [/(rtmps?:\/\/[^/\s"\\]+\/[^/\s"\\?]+)\/[^\s"\\]+/gi, '$1/•••'],
  // JSON within a line of JSON has its quotes escaped.
  [/((?:txSecret|txTime|usersig|userSig|sig|token|invite|secret|key|password|sign)\\*["']?\s*[=:]\s*\\*["']?)[^\s&"',}\\]+/gi, '$1•••'],
  [/(bearer\s+)[A-Za-z0-9._~+/=-]+/gi, '$1•••'],
  // A UserSig by itself: base64 of a zlib stream, with Tencent's own letters (TLSSigAPIv2).
  [/\be[JA][A-Za-z0-9*\-_]{60,}/g, '•••'],
  // A token of the room server, or of an invitation: JSON and its signature, in base64url.
  [/\beyJ[\w-]{16,}\.[\w-]{16,}/g, '•••'],
  [/(^|[^\d.])(\+?\d{1,3}[- ]?)?1[3-9]\d{9}(?!\d)/g, '$1•••'],
]

export function redact(text: string): string {
  return RULES.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text)
}

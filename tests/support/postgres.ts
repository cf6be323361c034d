import { inject } from 'vitest'

/** @returns the address of a PostgreSQL database that nobody else uses */
export async function freshPostgres(): Promise<string> {
  const response = await fetch(inject('postgresDesk'))
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return text
}

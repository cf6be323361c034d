/** The connection to PostgreSQL is gone, and with it all that it held. What was under way may be written or not. */
export class DatabaseLostError extends Error {
  constructor(cause?: unknown) {
    super('the connection to the database is gone', { cause })
    this.name = 'DatabaseLostError'
  }
}

/** The other side sent what RTMP does not allow, or more than we take. The connection is to be closed. */
export class RtmpProtocolError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'RtmpProtocolError'
  }
}

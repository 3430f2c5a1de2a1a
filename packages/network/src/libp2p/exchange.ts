import type { Stream } from '@libp2p/interface'
import type { LengthPrefixedStream } from '@libp2p/utils'
import { NetworkError } from './addresses.ts'

/** Time that closing a stream may take, in real milliseconds. */
const CLOSE_TIMEOUT = 10_000

/** Reads the next request; undefined where the peer has closed its side instead of sending one. */
export async function readUnlessClosed(framed: LengthPrefixedStream, mayClose: boolean, timeout: number): Promise<Uint8Array | undefined> {
  try {
    return (await framed.read({ signal: AbortSignal.timeout(timeout) })).subarray()
  } catch (cause) {
    if (mayClose && cause instanceof Error && cause.name === 'UnexpectedEOFError') return undefined
    throw cause
  }
}

/** Runs one exchange and leaves no stream open behind it. */
export async function exchange<T>(stream: Stream, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run()
    await stream.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT) })
    return result
  } catch (cause) {
    const error = cause instanceof Error ? cause : new NetworkError(String(cause))
    stream.abort(error)
    throw error
  }
}

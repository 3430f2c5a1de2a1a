import type { Context } from 'hono'

/** Most bytes that wait for a reader; a slower one is cut off, connects again and begins with a new snapshot. */
const MOST_WAITING = 8 << 20
/** Time between lines that are sent so that a lost connection is noticed, ms. */
const ALIVE_EVERY = 15_000
/** Time that a browser waits before it connects again, ms. */
const RETRY = 1_000
const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' }

/**
 * Server-sent events (HTML Standard, section 9.2): each value that is sent is one event with JSON as its data.
 *
 * @param begin - receives a function that sends, until the reader is gone, and the signal that is aborted then
 */
export function eventStream(c: Context, begin: (send: (data: unknown) => void, signal: AbortSignal) => void): Response {
  // Opens no stream, since HEAD has no reader whose leaving would end it.
  if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS)
  const gone = new AbortController()
  const encoder = new TextEncoder()
  let alive: NodeJS.Timeout
  const stream = new ReadableStream<Uint8Array>(
    {
      start: controller => {
        const end = (): void => {
          if (gone.signal.aborted) return
          clearInterval(alive)
          gone.abort()
          controller.close()
        }
        const write = (text: string): void => {
          if (gone.signal.aborted) return
          controller.enqueue(encoder.encode(text))
          if ((controller.desiredSize ?? 0) <= 0) end()
        }
        alive = setInterval(() => write(':\n\n'), ALIVE_EVERY)
        alive.unref()
        c.req.raw.signal.addEventListener('abort', end, { once: true })
        write(`retry: ${RETRY}\n\n`)
        begin(data => write(`data: ${JSON.stringify(data)}\n\n`), gone.signal)
      },
      cancel: () => {
        clearInterval(alive)
        gone.abort()
      }
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MOST_WAITING })
  )
  return c.body(stream, 200, HEADERS)
}

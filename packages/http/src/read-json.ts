import type { Context } from 'hono'
import { HttpProblem } from './problem.ts'

const DEFAULT_MOST_BYTES = 64 * 1024

/**
 * Reads the body of a request.
 *
 * @param shape - checks and narrows the value; the caller is sent its HttpProblem
 * @param mostBytes - limit of the body
 * @throws HttpProblem 413 or 400
 */
export async function readJson<T>(c: Context, shape: (value: unknown) => T, mostBytes = DEFAULT_MOST_BYTES): Promise<T> {
  return shape(parsed(await readText(c, mostBytes)))
}

async function readText(c: Context, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of c.req.raw.body ?? []) {
      bytes += part.byteLength
      if (bytes > mostBytes) throw new HttpProblem(413, `expected at most ${mostBytes} bytes, got more`)
      parts.push(part)
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ECONNRESET') throw cause
    throw new HttpProblem(400, 'expected all of the request, got a part of it')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause
    throw new HttpProblem(400, 'expected UTF-8, got something else')
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    // Drops the message of JSON.parse, which repeats a part of the body.
    throw new HttpProblem(400, 'expected JSON, got something else')
  }
}

interface Types {
  readonly string: string
  readonly number: number
  readonly boolean: boolean
}

/**
 * Reads a field of a JSON object.
 *
 * @throws HttpProblem 400 where it is missing or of another type
 */
export function field<K extends keyof Types>(value: unknown, name: string, type: K): Types[K] {
  const got =
    typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  if (typeof got !== type) throw new HttpProblem(400, `${name}: expected a ${type}, got ${got === undefined ? 'none' : 'something else'}`)
  return got as Types[K]
}

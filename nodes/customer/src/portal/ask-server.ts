// HTTP requests of this program to other servers of the project, bounded in time and size.
import { HushgridError } from '@hushgrid/primitives'
import { CSRF_HEADER } from '@hushgrid/web-api'

/** A request to another server, with everything that is sent along. */
export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Path from `/api` on, with its query. */
  readonly path: string
  /** Body, sent as JSON. */
  readonly body?: unknown
  /** Cookie, `name=value`. */
  readonly cookie?: string
  readonly csrf?: string
}

/** An answer of any status, as it arrived. */
export interface Answer {
  readonly status: number
  readonly body: Uint8Array<ArrayBuffer>
  readonly isJson: boolean
  readonly headers: Headers
}

/** Reports a server that gave no answer in time, or one too large to take in. */
export class ServerAwayError extends HushgridError {
  override name = 'ServerAwayError'
}

/** Longest time of a question with its answer, ms. */
const WITHIN = 30_000
/** Most bytes of an answer: the batches of a year, base64. */
const MOST_ANSWER_BYTES = 32 * 1024 * 1024

/**
 * Asks a server of the project.
 *
 * @param server - origin of the server
 * @throws ServerAwayError
 */
export async function askServer(server: string, question: Question, { within = WITHIN, most = MOST_ANSWER_BYTES } = {}): Promise<Answer> {
  const { method, path, body, cookie, csrf } = question
  try {
    const response = await fetch(`${server}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
        ...(cookie !== undefined && { cookie }),
        ...(csrf !== undefined && { [CSRF_HEADER]: csrf })
      },
      ...(method !== 'GET' && { body: JSON.stringify(body ?? {}) }),
      // Refuses redirects, since no server of the project sends one and the cookie is for this server only.
      redirect: 'error',
      signal: AbortSignal.timeout(within)
    })
    const { status, headers } = response
    const isJson = /^application\/json(;|$)/i.test(headers.get('content-type') ?? '')
    return { status, headers, isJson, body: await bounded(response, most) }
  } catch (cause) {
    // Takes a TypeError of fetch or of reading, and a DOMException once the time is over, for no answer.
    if (!(cause instanceof TypeError || cause instanceof DOMException)) throw cause
    throw new ServerAwayError(`${server}: expected an answer, got none ${reason(cause, within)}`)
  }
}

/** @throws ServerAwayError */
async function bounded(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of response.body ?? []) {
    bytes += part.byteLength
    if (bytes > most) throw new ServerAwayError(`${new URL(response.url).origin}: expected an answer of at most ${most} bytes, got more`)
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Says why there was no answer, without repeating what was sent. */
function reason(cause: Error, within: number): string {
  if (cause.name === 'TimeoutError') return `within ${within / 1000} s`
  // Reads a code such as ECONNREFUSED.
  const { code } = (cause.cause ?? cause) as { code?: unknown }
  return `(${typeof code === 'string' ? code : cause.name})`
}

/** Reads the answer's JSON; undefined where it is none. */
export function jsonOf({ body, isJson }: Answer): unknown {
  if (!isJson) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof TypeError)) throw cause
    return undefined
  }
}

/** Reads the sentence of an answer that is no success; undefined where it has none. */
export function sentenceOf(answer: Answer): string | undefined {
  const value = jsonOf(answer)
  const { error } = (typeof value === 'object' && value !== null ? value : {}) as { error?: unknown }
  return typeof error === 'string' && error.length <= MOST_SENTENCE ? error.replace(/[\p{C}\s]+/gu, ' ').trim() : undefined
}

const MOST_SENTENCE = 500

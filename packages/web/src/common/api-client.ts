import { CSRF_HEADER, type Problem } from '@hushgrid/web-api'

/** Reports a server that has refused, or could not be reached; the message is a sentence for the person. */
export class ApiProblem extends Error {
  override name = 'ApiProblem'
  /** HTTP status; 0 where no answer came. */
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/**
 * @param token - secret that the server asks for, where it does for this answer
 * @throws ApiProblem
 */
export async function getJson<T>(path: string, signal?: AbortSignal, token?: string): Promise<T> {
  return await asked<T>(path, { ...(signal && { signal }), ...(token !== undefined && { headers: { [CSRF_HEADER]: token } }) })
}

/**
 * @param csrf - token of the session; none where somebody signs in
 * @throws ApiProblem
 */
export async function sendJson<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown, csrf?: string): Promise<T> {
  const headers = { 'content-type': 'application/json', ...(csrf !== undefined && { [CSRF_HEADER]: csrf }) }
  return await asked<T>(path, { method, headers, body: JSON.stringify(body ?? {}) })
}

async function asked<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, { ...init, credentials: 'same-origin' })
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw new ApiProblem('The server cannot be reached.', 0)
  }
  const text = await response.text()
  const value = text === '' ? undefined : parsed(text, response.status)
  if (response.ok) return value as T
  const sentence = (value as Problem | undefined)?.error
  throw new ApiProblem(typeof sentence === 'string' ? sentence : `The server answered with status ${response.status}.`, response.status)
}

function parsed(text: string, status: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause
    throw new ApiProblem(`The server answered with status ${status} and something that is no JSON.`, status)
  }
}

import { HushgridError } from '@hushgrid/primitives'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that is no success, with one sentence for the person; any other error of a route is a 500 without one. */
export class HttpProblem extends HushgridError {
  override name = 'HttpProblem'
  readonly status: ContentfulStatusCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: ContentfulStatusCode, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

/** Writes a problem as an API answers it: `{ "error": "…" }`. */
export function problemResponse(c: Context, { status, message, headers }: HttpProblem): Response {
  return c.json({ error: message }, status, { ...headers })
}

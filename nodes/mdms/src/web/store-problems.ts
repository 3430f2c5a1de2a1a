// The store's refusals, as answers over HTTP.
import { HttpProblem } from '@hushgrid/http'
import {
  ConflictError,
  NotAllowedError,
  StoreUnavailableError,
  UnknownAccountError,
  UnknownHouseholdError,
  UnknownNetworkError
} from '@hushgrid/mdms'

/**
 * Gives the answer to a request that the store refused.
 *
 * @returns undefined for a defect of this program
 */
export function problemOf(cause: unknown): HttpProblem | undefined {
  if (cause instanceof HttpProblem) return cause
  // Concerns the asking account; a route finds the account that its request is about.
  if (cause instanceof UnknownAccountError) return new HttpProblem(401, 'the account of this session is gone')
  if (cause instanceof NotAllowedError) return new HttpProblem(403, 'this account does not have the role that it takes')
  if (cause instanceof UnknownHouseholdError) return new HttpProblem(404, 'no such household')
  if (cause instanceof UnknownNetworkError) return new HttpProblem(404, 'no such network')
  if (cause instanceof ConflictError) return new HttpProblem(409, cause.message)
  if (cause instanceof StoreUnavailableError) return new HttpProblem(503, 'the store cannot be reached now', { 'retry-after': '5' })
  return undefined
}

/**
 * Runs a route's question to the store.
 *
 * @throws HttpProblem where the store refuses; the store's other errors
 */
export async function asProblem<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw problemOf(cause) ?? cause
  }
}

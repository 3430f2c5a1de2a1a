// What the store's refusals are to somebody who asks over HTTP.
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
 * The answer to a request that the store refused.
 *
 * @returns undefined for what is a defect of ours
 */
export function problemOf(cause: unknown): HttpProblem | undefined {
  if (cause instanceof HttpProblem) return cause
  // Who asks: an account that a request is about is for its route to find.
  if (cause instanceof UnknownAccountError) return new HttpProblem(401, 'the account of this session is gone')
  if (cause instanceof NotAllowedError) return new HttpProblem(403, 'this account does not have the role that it takes')
  if (cause instanceof UnknownHouseholdError) return new HttpProblem(404, 'no such household')
  if (cause instanceof UnknownNetworkError) return new HttpProblem(404, 'no such network')
  if (cause instanceof ConflictError) return new HttpProblem(409, cause.message)
  if (cause instanceof StoreUnavailableError) return new HttpProblem(503, 'the store cannot be reached now', { 'retry-after': '5' })
  return undefined
}

/**
 * Runs what a route asks of the store.
 *
 * @throws HttpProblem where the store refuses; what else it throws
 */
export async function asProblem<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (cause) {
    throw problemOf(cause) ?? cause
  }
}

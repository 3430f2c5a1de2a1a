import { field, HttpProblem } from '@hushgrid/http'
import type { LabAction } from '@hushgrid/web-api'
import { SHOWN_NAMES } from '../contender/contenders.ts'

/** @throws HttpProblem 400 where the value is no action */
export function labAction(value: unknown): LabAction {
  const what = field(value, 'do', 'string')
  switch (what) {
    case 'join':
      return has(value, 'household') ? { do: what, household: household(value) } : { do: what }
    case 'leave':
    case 'crash':
    case 'restart':
    case 'ask-twice':
      return { do: what, household: household(value) }
    case 'aggregator-crash':
    case 'aggregator-restart':
      return { do: what }
    case 'switch':
      return { do: what, contender: contenderName(value) }
    default:
      throw new HttpProblem(400, 'do: expected join, leave, crash, restart, aggregator-crash, aggregator-restart, ask-twice or switch')
  }
}

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
}

function household(value: unknown): number {
  const number = field(value, 'household', 'number')
  if (!Number.isSafeInteger(number) || number < 0) throw new HttpProblem(400, 'household: expected its number, from 0')
  return number
}

function contenderName(value: unknown): string {
  const name = field(value, 'contender', 'string')
  if (!SHOWN_NAMES.includes(name)) throw new HttpProblem(400, `contender: expected one of ${SHOWN_NAMES.join(', ')}`)
  return name
}

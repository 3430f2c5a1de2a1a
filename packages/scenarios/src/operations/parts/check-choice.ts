import { alternatives, type Path } from '@hushgrid/primitives'
import type { Misfit } from '../../misfit/misfit.ts'
import { choice } from './fields.ts'

/** Finds a choice of meters that is not exactly one of its keys. */
export function checkChoice(
  written: Readonly<Record<string, unknown>>,
  path: Path,
  keys: readonly string[] = Object.keys(choice)
): Misfit[] {
  const given = keys.filter(key => written[key] !== undefined)
  if (given.length === 1) return []
  return [{ path, expected: `exactly one of ${alternatives(keys)}`, got: given.length === 0 ? 'none' : given.join(' and ') }]
}

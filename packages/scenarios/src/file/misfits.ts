// Messages for a person where a scenario does not fit its schema.

import type { Path } from '@hushgrid/primitives'
import { alternatives, meant, printable } from '@hushgrid/primitives'
import { EXPECTED, expectedAt } from '@hushgrid/topology'
import type { z } from 'zod'
import type { Misfit } from '../misfit/misfit.ts'
import { OPERATIONS } from '../operations/registry.ts'
import { keysKnownAt } from './schema.ts'

const OPERATION_NAMES: readonly string[] = [...OPERATIONS.keys()]

const TYPES: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping'
}

/** @param written - contents of the file before they were checked */
export function misfitOf(issue: z.core.$ZodIssue, written: unknown): Misfit {
  const path = issue.path as (string | number)[]
  if (issue.code === 'unrecognized_keys') {
    const unknown = issue.keys[0] as string
    const known = keysKnownAt(path, written)
    const got = `an unknown key${meant(unknown, known)}`
    return { path: [...path, unknown], expected: `one of ${known.join(', ')}`, got, unknownKey: true }
  }
  // The deepest mistake within an alternative says more than that none fits.
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const within = issue.errors.flat()
    const inner = within.find(({ code }) => code === 'unrecognized_keys') ?? within.find(each => each.path.length > 0)
    if (inner) return misfitOf({ ...inner, path: [...path, ...inner.path] } as z.core.$ZodIssue, written)
  }
  const value = valueAt(written, path)
  const mistyped = value === undefined && path.at(-1) === 'do' ? keyInPlaceOfDo(path, written) : undefined
  if (mistyped) return mistyped
  const suggestion = typeof value === 'string' ? meant(value, allWordsOf(issue)) : ''
  const expected = expectedText(issue, path)
  return suggestion === ''
    ? { path, expected, absent: value === undefined }
    : { path, expected, got: `'${printable(value as string)}'${suggestion}` }
}

function expectedText(issue: z.core.$ZodIssue, path: Path): string {
  const [first, key] = path
  if (path.length === 0) return 'a mapping with name, members, slots, operations and more'
  if (path.length === 1 && first === 'name') return EXPECTED.name
  if (first === 'network' && String(key) in EXPECTED) return expectedAt(path.slice(1))
  const words = wordsOf(issue)
  if (words) return words === OPERATION_NAMES ? `one of ${words.join(', ')}` : alternatives(words.map(word => `'${word}'`))
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected
    case 'invalid_value':
      return alternatives(issue.values.map(String))
    case 'too_small':
      if (issue.origin === 'string') return 'a text that is not empty'
      if (issue.origin === 'array') return 'a list that is not empty'
      return issue.inclusive ? `at least ${issue.minimum}` : `more than ${issue.minimum}`
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' ? ' characters' : ''}`
    case 'invalid_union':
      return alternatives([...new Set(issue.errors.map(([inner]) => (inner ? expectedText(inner, path) : 'something else')))])
    default:
      return issue.message
  }
}

/** Gives the words allowed at an issue's place, if it is a choice of words. */
function wordsOf(issue: z.core.$ZodIssue): readonly string[] | undefined {
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'do') return OPERATION_NAMES
  if (issue.code !== 'invalid_value' || !issue.values.every(value => typeof value === 'string')) return undefined
  return issue.values as string[]
}

/** Gives all words that would be right at an issue's place, those of alternatives too. */
function allWordsOf(issue: z.core.$ZodIssue): readonly string[] {
  const own = wordsOf(issue)
  return own ?? (issue.code === 'invalid_union' ? issue.errors.flat().flatMap(each => wordsOf(each) ?? []) : [])
}

/** Finds the key that somebody took for `do`, which tells the operation: one that no operation has. */
function keyInPlaceOfDo(path: Path, written: unknown): Misfit | undefined {
  const parent = path.slice(0, -1)
  const known = new Set([...OPERATIONS.values()].flatMap(({ schema }) => Object.keys(schema.shape)))
  const unknown = Object.keys(Object(valueAt(written, parent))).find(key => !known.has(key))
  if (unknown === undefined) return undefined
  const expected = 'do, the operation, and what belongs to it'
  return { path: [...parent, unknown], expected, got: 'an unknown key', unknownKey: true }
}

function valueAt(written: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key], written)
}

/**
 * Computes the known answers in this folder from PROTOCOL.md and the @noble libraries alone: it imports nothing of ours,
 * so that a mistake in packages/ cannot be in the answers too. What it writes is the same every time.
 *
 *   node test/vectors/generate.ts [folder]
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ANSWERED } from './generator/answered.ts'
import { answer } from './generator/answers.ts'
import type { Case, Member } from './generator/format.ts'
import { REFUSED, refusal } from './generator/refused.ts'

/** A line for each field, and for each member. */
function json(cases: readonly Case[]): string {
  const line = ([name, value]: [string, unknown]) =>
    name === 'members'
      ? `"members": [\n  ${(value as Member[]).map(member => JSON.stringify(member)).join(',\n  ')}\n ]`
      : `"${name}": ${JSON.stringify(value)}`
  return `[\n${cases.map(of => `{${Object.entries(of).map(line).join(',\n ')}}`).join(',\n')}\n]\n`
}

const folder = process.argv[2] ?? import.meta.dirname
writeFileSync(join(folder, 'dcnet.json'), json(ANSWERED.map(answer)))
writeFileSync(join(folder, 'refused.json'), json(REFUSED.map(refusal)))

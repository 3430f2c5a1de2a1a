import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readAllowedMeters } from '../../src/inputs/allowed-meters.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-allowed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function read(text: string): ReadonlySet<string> {
  const path = join(folder, 'allow.txt')
  writeFileSync(path, text)
  return readAllowedMeters(path)
}

it('takes an id a line, with comments and blank lines between', () => {
  const [a, b] = ['a'.repeat(64), '0'.repeat(64)]
  expect(read(`# street\r\n\r\n${a.toUpperCase()}  # number 3\r\n  ${b}\n${a}`)).toEqual(new Set([a, b]))
})

it('takes a list that a spreadsheet or an editor of another system saved', () => {
  const [a, b] = ['a'.repeat(64), '0'.repeat(64)]
  expect(read(`\ufeff${a}\r\n${b} \r\n\r\n`)).toEqual(new Set([a, b]))
  expect(read(`${a}\r${b}\r`)).toEqual(new Set([a, b]))
})

it('names the line that is no id, and refuses an empty list', () => {
  expect(() => read(`${'a'.repeat(64)}\n${'a'.repeat(63)}\n`)).toThrow(/allow\.txt:2: expected a meter id/)
  expect(() => read('# nobody\n')).toThrow(/expected at least one meter id/)
  expect(() => readAllowedMeters(join(folder, 'none'))).toThrow(/none: expected a list of meter ids, got no such file/)
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { readNetwork } from '../../src/inputs/network-file.ts'
import { readBands, readTariffAndBands } from '../../src/inputs/tariff-files.ts'
import { readTextFile } from '../../src/inputs/text-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-text-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

/** Text as editors and spreadsheets of other systems save it. */
const SAVED: readonly (readonly [string, (text: string) => string | Uint8Array])[] = [
  ['with a byte order mark and CRLF', text => `\ufeff${text.replaceAll('\n', '\r\n')}\r\n\r\n`],
  ['in UTF-16', text => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`, 'utf16le')]
]

it.each(SAVED)('reads files %s', (_, saved) => {
  expect(readTextFile(file('a.txt', saved('a')), 'a text').trimEnd()).toBe('a')
  const yaml = 'name: elm-street\nslotSeconds: 900\nmembers: 6\nminMembers: 6\ndropout: 0\nrecovery: none\n'
  expect(readNetwork(file('n.yaml', saved(yaml)))).toEqual(readNetwork(file('plain.yaml', yaml)))
  const tariff = file('t.yaml', saved('name: a\ncurrency: GBP\ntimeZone: UTC\nimport: { kind: dynamic }\n'))
  const bands = file('b.csv', saved('slot_start_utc\tprice\n2024-01-01 00:00\t-1,5\n2024-01-01 00:30\t2\n'))
  const read = readTariffAndBands(tariff, { bands })
  expect(read.bands?.rows.map(({ price }) => price)).toEqual([
    { coefficient: -15n, digits: 1 },
    { coefficient: 2n, digits: 0 }
  ])
})

it('takes the length of a row as it is told, and only with a file of rows', () => {
  const bands = file('hours.csv', 'slot_start_utc,band\n2024-01-01T00:00Z,low\n2024-01-01T01:00Z,high\n')
  expect(readBands({ bands })?.slotSeconds).toBe(3600)
  expect(readBands({ bands, bandsSlot: 30 })?.slotSeconds).toBe(1800)
  expect(readBands({})).toBeUndefined()
  expect(() => readBands({ bandsSlot: 30 })).toThrow('--bands-slot: expected with --bands, got no file of bands')
})

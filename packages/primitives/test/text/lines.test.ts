import { expect, test } from 'vitest'
import { readTable } from '../../src/text/csv.ts'
import { decodeText, textLines } from '../../src/text/lines.ts'

test('text is the same however it was saved', () => {
  const text = 'slot,Zähler\r\n1,2\n'
  const little = Buffer.from(`\ufeff${text}`, 'utf16le')
  for (const bytes of [Buffer.from(text), Buffer.from(`\ufeff${text}`), little, Buffer.from(little).swap16()])
    expect(decodeText(bytes)).toBe(text)
  expect(decodeText(Buffer.from([0xff]))).toBe('\ufffd')
  expect(decodeText(new Uint8Array())).toBe('')
})

test('lines end as on any system', () => {
  expect(textLines('\ufeffa\r\nb\rc\n\nd')).toEqual(['a', 'b', 'c', '', 'd'])
  expect(textLines('a\n\ufeffb')).toEqual(['a', '\ufeffb'])
  const table = readTable('a;b\r1;2\r', () => expect.fail('no mistake'))
  expect(table?.rows).toEqual([{ line: 2, fields: ['1', '2'] }])
})
